// Makes a JavaScript function of a C++ function: converts the arguments by their types (arguments.h), and the return
// value likewise. The names of the arguments come with the property's data.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "convert/arguments.h"
#include "convert/parameters.h"
#include "napi_setup.h"

namespace libmosquitto {

using ArgumentNames = const char* const*;

inline Napi::Value to_js(const Napi::Env& env, int value) { return Napi::Number::New(env, value); }
inline Napi::Value to_js(const Napi::Env& env, bool value) { return Napi::Boolean::New(env, value); }
inline Napi::Value to_js(const Napi::Env& env, const char* value) { return Napi::String::New(env, value); }
inline Napi::Value to_js(const Napi::Env& env, const std::string& value) { return Napi::String::New(env, value); }
template <size_t Count>
Napi::Value to_js(const Napi::Env& env, const std::array<Figure, Count>& figures) {
  Napi::Object object = Napi::Object::New(env);
  for (const Figure& figure : figures)
    object.Set(figure.name, Napi::Number::New(env, static_cast<double>(figure.value)));
  return object;
}

template <typename Enum, typename = std::enable_if_t<std::is_enum_v<Enum>>>
Napi::Value to_js(const Napi::Env& env, Enum value) {
  return to_js(env, static_cast<int>(value));
}

// Node-API takes data as a mutable pointer, but nobody writes to it.
inline void* names_data(ArgumentNames names) { return static_cast<void*>(const_cast<char**>(names)); }

namespace detail {

// Converts the arguments, then calls `call` with them.
template <typename... Parameters, typename Call, size_t... Index>
auto convert_and_call(const Napi::CallbackInfo& info, [[maybe_unused]] ArgumentNames names, Call call,
                      std::index_sequence<Index...> /*positions*/) {
  // Braces convert from left to right, so that the first wrong argument is reported.
  std::tuple<Argument<Parameters>...> arguments{
      Argument<Parameters>(info[Index], ArgumentName{Index + 1, names[Index]})...};
  return call(std::get<Index>(arguments).value...);
}

template <typename Result, typename Call>
Napi::Value result_of(const Napi::Env& env, Call call) {
  if constexpr (std::is_void_v<Result>) {
    call();
    return env.Undefined();
  } else {
    return to_js(env, call());
  }
}

template <auto Function>
struct Bound;

template <typename Result, typename... Parameters, Result (*Function)(Parameters...)>
struct Bound<Function> {
  static Napi::Value call(const Napi::CallbackInfo& info) {
    return result_of<Result>(info.Env(), [&] {
      return convert_and_call<Parameters...>(info, static_cast<ArgumentNames>(info.Data()), Function,
                                             std::index_sequence_for<Parameters...>{});
    });
  }
};

template <typename Class, typename Result, typename... Parameters>
struct BoundMethod {
  using Object = Class;
  static constexpr size_t kParameters = sizeof...(Parameters);

  // `object` returns the object whose method is called. It runs after the arguments were converted, because a getter
  // among them may run any code.
  template <auto Method, typename Find>
  static Result invoke(const Napi::CallbackInfo& info, ArgumentNames names, Find object) {
    return convert_and_call<Parameters...>(
        info, names,
        [&object](auto&&... arguments) { return (object().*Method)(std::forward<decltype(arguments)>(arguments)...); },
        std::index_sequence_for<Parameters...>{});
  }
  template <auto Method, typename Find>
  static Napi::Value call(const Napi::CallbackInfo& info, ArgumentNames names, Find object) {
    return result_of<Result>(info.Env(), [&] { return invoke<Method>(info, names, object); });
  }
};

template <typename Class, typename Result, typename... Parameters>
BoundMethod<Class, Result, Parameters...> bound_method(Result (Class::*)(Parameters...));
template <typename Class, typename Result, typename... Parameters>
BoundMethod<Class, Result, Parameters...> bound_method(Result (Class::*)(Parameters...) const);

}  // namespace detail

// The number of arguments of a method.
template <auto Method>
inline constexpr size_t kParametersOf = decltype(detail::bound_method(Method))::kParameters;

// The class of a method.
template <auto Method>
using ObjectOf = typename decltype(detail::bound_method(Method))::Object;

// Calls a method of the object that `object()` returns, with the arguments of `info`.
template <auto Method, typename Object>
auto invoke_method(const Napi::CallbackInfo& info, ArgumentNames names, Object object) {
  return decltype(detail::bound_method(Method))::template invoke<Method>(info, names, object);
}
// Does the same, and converts the result for JavaScript.
template <auto Method, typename Object>
Napi::Value call_method(const Napi::CallbackInfo& info, ArgumentNames names, Object object) {
  return decltype(detail::bound_method(Method))::template call<Method>(info, names, object);
}

// Makes a JavaScript function for a C++ function.
template <auto Function>
Napi::Function bind_function(const Napi::Env& env, const char* name, ArgumentNames names) {
  return Napi::Function::New<detail::Bound<Function>::call>(env, name, names_data(names));
}

}  // namespace libmosquitto
