// A copy of an owner would free what it owns a second time: each owner asserts that it cannot be copied.
#pragma once

#include <type_traits>

namespace libmosquitto {

template <typename Owner>
inline constexpr bool kIsUniqueOwner = !std::is_copy_constructible_v<Owner> && !std::is_copy_assignable_v<Owner>;

}  // namespace libmosquitto
