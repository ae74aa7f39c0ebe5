// Converts JavaScript's arguments to C++ parameters. The signature of a bound method is its argument list. Each
// parameter type has one Argument<T>, which checks and converts the value, and whose errors name the argument.
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

// The position and name of an argument, for messages: "argument 2 (qos)".
struct ArgumentName {
  size_t position;
  const char* name;
};

// Throws the TypeError "argument 2 (qos) must be an integer, got 'x'".
[[noreturn]] void throw_wrong_type(ArgumentName argument, const char* expected, const Napi::Value& got);

// Returns a short form of any value for a message.
std::string shown(const Napi::Value& value);
// Returns the text of a string, nothing for another value. Throws a TypeError that begins with `where` for a NUL or a
// lone surrogate.
std::optional<std::string> checked_text(const Napi::Value& value, const std::function<std::string()>& where);
// Returns the bytes of a Buffer, TypedArray, DataView or ArrayBuffer; nothing for other values.
std::optional<std::string_view> bytes_of(const Napi::Value& value);

Text to_text(const Napi::Value& value, ArgumentName argument);
std::optional<Text> to_optional_text(const Napi::Value& value, ArgumentName argument);
// Converts one string, or an array of them.
std::vector<Text> to_texts(const Napi::Value& value, ArgumentName argument);
int32_t to_integer(const Napi::Value& value, ArgumentName argument);
// Converts an integer that a JavaScript number holds exactly.
int64_t to_long_integer(const Napi::Value& value, ArgumentName argument);
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
struct Argument<int64_t> {
  int64_t value;
  Argument(const Napi::Value& from, ArgumentName name) : value(to_long_integer(from, name)) {}
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
