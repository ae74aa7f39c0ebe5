#include "convert/arguments.h"

#include <cmath>
#include <limits>

namespace libmosquitto {
namespace {

std::string describe(ArgumentName argument) {
  return "argument " + std::to_string(argument.position) + " (" + argument.name + ")";
}

// A short form of a value for a message, whatever it is.
std::string shown(const Napi::Value& value) {
  constexpr size_t kLongest = 40;
  switch (value.Type()) {
    case napi_string: {
      std::string text = value.As<Napi::String>().Utf8Value();
      if (text.size() > kLongest) {
        // Cut between characters, not inside one.
        size_t end = kLongest;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) end--;
        text = text.substr(0, end) + "...";
      }
      return "'" + text + "'";
    }
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

std::string utf8_of(const Napi::Value& value, ArgumentName argument) {
  const auto string = value.As<Napi::String>();
  std::string text = string.Utf8Value();
  if (has_lone_surrogate(string, text)) {
    throw_type_error(value.Env(), describe(argument) + " must not contain a lone surrogate");
  }
  return text;
}

void refuse_nul(const Napi::Env& env, std::string_view text, ArgumentName argument) {
  if (text.find('\0') != std::string_view::npos) {
    throw_type_error(env, describe(argument) + " must not contain a NUL character");
  }
}

// The bytes of a Buffer, TypedArray, DataView or ArrayBuffer; nothing for other values.
std::optional<std::string_view> bytes_of(const Napi::Value& value) {
  const auto view = [](const void* data, size_t length) {
    return std::string_view(static_cast<const char*>(data), length);
  };
  if (value.IsTypedArray()) {
    const auto array = value.As<Napi::TypedArray>();
    void* data = nullptr;
    // The data pointer of this call has the view's offset in it already.
    napi_typedarray_type type{};
    size_t elements = 0;
    const napi_status status = napi_get_typedarray_info(value.Env(), value, &type, &elements, &data, nullptr, nullptr);
    if (status != napi_ok) throw Napi::Error::New(value.Env());
    return view(data, elements * array.ElementSize());
  }
  if (value.IsDataView()) {
    void* data = nullptr;
    size_t length = 0;
    if (napi_get_dataview_info(value.Env(), value, &length, &data, nullptr, nullptr) != napi_ok) {
      throw Napi::Error::New(value.Env());
    }
    return view(data, length);
  }
  if (value.IsArrayBuffer()) {
    auto buffer = value.As<Napi::ArrayBuffer>();
    return view(buffer.Data(), buffer.ByteLength());
  }
  return std::nullopt;
}

}  // namespace

void throw_wrong_type(ArgumentName argument, const char* expected, const Napi::Value& got) {
  throw_type_error(got.Env(), describe(argument) + " must be " + expected + ", got " + shown(got));
}

Text to_text(const Napi::Value& value, ArgumentName argument) {
  if (!value.IsString()) throw_wrong_type(argument, "a string", value);
  std::string text = utf8_of(value, argument);
  refuse_nul(value.Env(), text, argument);
  return text;
}

std::optional<Text> to_optional_text(const Napi::Value& value, ArgumentName argument) {
  if (value.IsNull() || value.IsUndefined()) return std::nullopt;
  if (!value.IsString()) throw_wrong_type(argument, "a string or null", value);
  return to_text(value, argument);
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
  if (value.IsString()) return {utf8_of(value, argument), {}};
  const std::optional<std::string_view> bytes = bytes_of(value);
  if (!bytes) {
    throw_wrong_type(argument, "a string, Buffer, TypedArray, DataView, ArrayBuffer or null", value);
  }
  return {{}, *bytes};
}

Secret to_secret(const Napi::Value& value, ArgumentName argument) {
  if (value.IsNull() || value.IsUndefined()) return {};
  if (value.IsString()) return {to_text(value, argument)};
  const std::optional<std::string_view> bytes = bytes_of(value);
  if (!bytes) throw_wrong_type(argument, "a string, Uint8Array or null", value);
  refuse_nul(value.Env(), *bytes, argument);
  return {std::string(*bytes)};
}

}  // namespace libmosquitto
