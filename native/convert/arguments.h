// From JavaScript's arguments to C++ parameters: a bound method's signature is its
// argument list. Each parameter type has one Argument<T>, which checks and converts,
// and whose errors name the argument.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "convert/parameters.h"
#include "napi_setup.h"

namespace libmosquitto {

// The origin of a value, for messages: "argument 2 (qos)".
struct ArgumentName {
  size_t position;
  const char* name;
};

// Throws the TypeError "argument 2 (qos) must be an integer, got 'x'".
[[noreturn]] void throw_wrong_type(ArgumentName argument, const char* expected, const Napi::Value& got);

// A short form of a value for a message, whatever it is.
std::string shown(const Napi::Value& value);
// The text of a string, nothing for another value; throws a TypeError that begins with
// `where` for a NUL or a lone surrogate.
std::optional<std::string> checked_text(const Napi::Value& value, const std::function<std::string()>& where);
// The bytes of a Buffer, TypedArray, DataView or ArrayBuffer; nothing for other values.
std::optional<std::string_view> bytes_of(const Napi::Value& value);

Text to_text(const Napi::Value& value, ArgumentName argument);
std::optional<Text> to_optional_text(const Napi::Value& value, ArgumentName argument);
// One string, or an array of them.
std::vector<Text> to_texts(const Napi::Value& value, ArgumentName argument);
int32_t to_integer(const Napi::Value& value, ArgumentName argument);
bool to_boolean(const Napi::Value& value, ArgumentName argument);
Payload to_payload(const Napi::Value& value, ArgumentName argument);
TextOrBytes to_text_or_bytes(const Napi::Value& value, ArgumentName argument);
SecretText to_secret_text(const Napi::Value& value, ArgumentName argument);
OptionalSecretText to_optional_secret_text(const Napi::Value& value, ArgumentName argument);

template <typename T>
struct Argument;

template <>
struct Argument<const Text&> {
  Text value;
  Argument(const Napi::Value& from, ArgumentName name) : value(to_text(from, name)) {}
};

template <>
struct Argument<const std::optional<Text>&> {
  std::optional<Text> value;
  Argument(const Napi::Value& from, ArgumentName name) : value(to_optional_text(from, name)) {}
};

template <>
struct Argument<int32_t> {
  int32_t value;
  Argument(const Napi::Value& from, ArgumentName name) : value(to_integer(from, name)) {}
};

template <>
struct Argument<bool> {
  bool value;
  Argument(const Napi::Value& from, ArgumentName name) : value(to_boolean(from, name)) {}
};

template <>
struct Argument<const Payload&> {
  Payload value;
  Argument(const Napi::Value& from, ArgumentName name) : value(to_payload(from, name)) {}
};

template <>
struct Argument<const TextOrBytes&> {
  TextOrBytes value;
  Argument(const Napi::Value& from, ArgumentName name) : value(to_text_or_bytes(from, name)) {}
};

template <>
struct Argument<const SecretText&> {
  SecretText value;
  Argument(const Napi::Value& from, ArgumentName name) : value(to_secret_text(from, name)) {}
};

template <>
struct Argument<const OptionalSecretText&> {
  OptionalSecretText value;
  Argument(const Napi::Value& from, ArgumentName name) : value(to_optional_secret_text(from, name)) {}
};

template <>
struct Argument<const std::vector<Text>&> {
  std::vector<Text> value;
  Argument(const Napi::Value& from, ArgumentName name) : value(to_texts(from, name)) {}
};

}  // namespace libmosquitto
