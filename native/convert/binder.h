// Binds a C++ function to a JavaScript one: arguments by their types (arguments.h),
// the return value likewise. The names of the arguments come with the property's data.
#pragma once

#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "convert/arguments.h"
#include "napi_setup.h"

namespace libmosquitto {

using ArgumentNames = const char* const*;

inline Napi::Value to_js(const Napi::Env& env, int value) { return Napi::Number::New(env, value); }
inline Napi::Value to_js(const Napi::Env& env, bool value) { return Napi::Boolean::New(env, value); }
inline Napi::Value to_js(const Napi::Env& env, const char* value) { return Napi::String::New(env, value); }
inline Napi::Value to_js(const Napi::Env& env, const std::string& value) { return Napi::String::New(env, value); }

// Node-API takes data as a plain pointer; nobody writes to it.
inline void* names_data(ArgumentNames names) { return static_cast<void*>(const_cast<char**>(names)); }

namespace detail {

template <typename Result, typename... Parameters, typename Call, size_t... Index>
Napi::Value call_with(const Napi::CallbackInfo& info, [[maybe_unused]] ArgumentNames names, Call call,
                      std::index_sequence<Index...> /*positions*/) {
  // Braces: converted from left to right, so the first wrong argument is reported.
  std::tuple<Argument<Parameters>...> arguments{
      Argument<Parameters>(info[Index], ArgumentName{Index + 1, names[Index]})...};
  if constexpr (std::is_void_v<Result>) {
    call(std::get<Index>(arguments).value...);
    return info.Env().Undefined();
  } else {
    return to_js(info.Env(), call(std::get<Index>(arguments).value...));
  }
}

template <auto Function>
struct Bound;

template <typename Result, typename... Parameters, Result (*Function)(Parameters...)>
struct Bound<Function> {
  static Napi::Value call(const Napi::CallbackInfo& info) {
    return call_with<Result, Parameters...>(info, static_cast<ArgumentNames>(info.Data()), Function,
                                            std::index_sequence_for<Parameters...>{});
  }
};

template <typename Class, typename Result, typename... Parameters, Result (Class::*Method)(Parameters...)>
struct Bound<Method> {
  static Napi::Value call(Class& object, const Napi::CallbackInfo& info, ArgumentNames names) {
    return call_with<Result, Parameters...>(
        info, names,
        [&object](auto&&... arguments) { return (object.*Method)(std::forward<decltype(arguments)>(arguments)...); },
        std::index_sequence_for<Parameters...>{});
  }
};

}  // namespace detail

// A JavaScript function for a C++ function.
template <auto Function>
Napi::Function bind_function(const Napi::Env& env, const char* name, ArgumentNames names) {
  return Napi::Function::New<detail::Bound<Function>::call>(env, name, names_data(names));
}

}  // namespace libmosquitto
