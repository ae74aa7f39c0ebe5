#include "convert/arguments.h"

#include <cmath>
#include <limits>

namespace libmosquitto {
namespace {

std::string describe(ArgumentName argument) {
  return "argument " + std::to_string(argument.position) + " (" + argument.name + ")";
}

std::string quoted(std::string text) {
  constexpr size_t kLongest = 40;
  if (text.size() > kLongest) {
    // Cut between characters, not inside one.
    size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) end--;
    text = text.substr(0, end) + "...";
  }
  return "'" + text + "'";
}

[[noreturn]] void throw_type_error(const Napi::Env& env, const std::string& message) {
  throw Napi::TypeError::New(env, message);
}

// V8 writes U+FFFD for a lone surrogate; only when one stands in the text is it worth
// looking whether it was there from the start.
bool has_lone_surrogate(const Napi::String& string, const std::string& utf8) {
  if (utf8.find("\xEF\xBF\xBD") == std::string::npos) return false;
  const std::u16string units = string.Utf16Value();
  for (size_t i = 0; i < units.size(); i++) {
    const bool high = units[i] >= 0xD800 && units[i] <= 0xDBFF;
    const bool low = units[i] >= 0xDC00 && units[i] <= 0xDFFF;
    if (low) return true;
    if (!high) continue;
    if (i + 1 == units.size() || units[i + 1] < 0xDC00 || units[i + 1] > 0xDFFF) return true;
    i++;
  }
  return false;
}

std::string utf8_of(const Napi::Value& value, const std::string& where) {
  const auto string = value.As<Napi::String>();
  std::string text = string.Utf8Value();
  if (has_lone_surrogate(string, text)) throw_type_error(value.Env(), where + " must not contain a lone surrogate");
  return text;
}

void refuse_nul(const Napi::Env& env, std::string_view text, const std::string& where) {
  if (text.find('\0') != std::string_view::npos) {
    throw_type_error(env, where + " must not contain a NUL character");
  }
}

std::string_view typed_array_bytes(const Napi::Value& value) {
  void* data = nullptr;
  napi_typedarray_type type{};
  size_t elements = 0;
  // The pointer that this gives has the view's offset in it already.
  if (napi_get_typedarray_info(value.Env(), value, &type, &elements, &data, nullptr, nullptr) != napi_ok) {
    throw Napi::Error::New(value.Env());
  }
  return {static_cast<const char*>(data), elements * value.As<Napi::TypedArray>().ElementSize()};
}

std::string_view data_view_bytes(const Napi::Value& value) {
  void* data = nullptr;
  size_t length = 0;
  if (napi_get_dataview_info(value.Env(), value, &length, &data, nullptr, nullptr) != napi_ok) {
    throw Napi::Error::New(value.Env());
  }
  return {static_cast<const char*>(data), length};
}

}  // namespace

std::string shown(const Napi::Value& value) {
  switch (value.Type()) {
    case napi_string:
      return quoted(value.As<Napi::String>().Utf8Value());
    case napi_number:
    case napi_boolean:
    case napi_undefined:
    case napi_null:
      return value.ToString().Utf8Value();
    case napi_bigint:
      return "a bigint";
    case napi_symbol:
      return "a symbol";
    case napi_function:
      return "a function";
    default:
      return value.IsArray() ? "an array" : "an object";
  }
}

void throw_wrong_type(ArgumentName argument, const char* expected, const Napi::Value& got) {
  throw_type_error(got.Env(), describe(argument) + " must be " + expected + ", got " + shown(got));
}

std::string checked_text(const Napi::Value& value, const std::string& where) {
  std::string text = utf8_of(value, where);
  refuse_nul(value.Env(), text, where);
  return text;
}

std::optional<std::string_view> bytes_of(const Napi::Value& value) {
  if (value.IsTypedArray()) return typed_array_bytes(value);
  if (value.IsDataView()) return data_view_bytes(value);
  if (!value.IsArrayBuffer()) return std::nullopt;
  auto buffer = value.As<Napi::ArrayBuffer>();
  return std::string_view(static_cast<const char*>(buffer.Data()), buffer.ByteLength());
}

Text to_text(const Napi::Value& value, ArgumentName argument) {
  if (!value.IsString()) throw_wrong_type(argument, "a string", value);
  return checked_text(value, describe(argument));
}

std::optional<Text> to_optional_text(const Napi::Value& value, ArgumentName argument) {
  if (value.IsNull() || value.IsUndefined()) return std::nullopt;
  if (!value.IsString()) throw_wrong_type(argument, "a string or null", value);
  return to_text(value, argument);
}

std::vector<Text> to_texts(const Napi::Value& value, ArgumentName argument) {
  if (value.IsString()) return {to_text(value, argument)};
  if (!value.IsArray()) throw_wrong_type(argument, "a string or an array of strings", value);
  std::vector<Text> texts;
  const auto array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) {
    const Napi::Value element = array.Get(i);
    if (!element.IsString()) throw_wrong_type(argument, "an array of strings", element);
    texts.push_back(to_text(element, argument));
  }
  return texts;
}

int32_t to_integer(const Napi::Value& value, ArgumentName argument) {
  if (!value.IsNumber()) throw_wrong_type(argument, "an integer", value);
  const double number = value.As<Napi::Number>().DoubleValue();
  const bool fits = number >= std::numeric_limits<int32_t>::min() && number <= std::numeric_limits<int32_t>::max();
  if (!fits || number != std::trunc(number)) throw_wrong_type(argument, "a 32-bit integer", value);
  return static_cast<int32_t>(number);
}

bool to_boolean(const Napi::Value& value, ArgumentName argument) {
  if (!value.IsBoolean()) throw_wrong_type(argument, "a boolean", value);
  return value.As<Napi::Boolean>().Value();
}

Payload to_payload(const Napi::Value& value, ArgumentName argument) {
  if (value.IsNull() || value.IsUndefined()) return {};
  if (value.IsString()) return {utf8_of(value, describe(argument)), {}};
  const std::optional<std::string_view> bytes = bytes_of(value);
  if (!bytes) {
    throw_wrong_type(argument, "a string, Buffer, TypedArray, DataView, ArrayBuffer or null", value);
  }
  return {{}, *bytes};
}

std::optional<std::string> to_text_or_bytes(const Napi::Value& value, ArgumentName argument) {
  if (value.IsNull() || value.IsUndefined()) return std::nullopt;
  if (value.IsString()) return to_text(value, argument);
  const std::optional<std::string_view> bytes = bytes_of(value);
  if (!bytes) throw_wrong_type(argument, "a string, Uint8Array or null", value);
  refuse_nul(value.Env(), *bytes, describe(argument));
  return std::string(*bytes);
}

}  // namespace libmosquitto
