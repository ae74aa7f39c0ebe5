// Asserts at compile time that an owner of a resource cannot be copied: a copy would free the resource a second time.
#pragma once

#include <type_traits>

namespace libmosquitto {

template <typename Owner>
inline constexpr bool kIsUniqueOwner = !std::is_copy_constructible_v<Owner> && !std::is_copy_assignable_v<Owner>;

}  // namespace libmosquitto
