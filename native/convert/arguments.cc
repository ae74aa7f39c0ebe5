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
    // The text is cut between characters, not inside one.
    size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) end--;
    text = text.substr(0, end) + "...";
  }
  return "'" + text + "'";
}

[[noreturn]] void throw_type_error(const Napi::Env& env, const std::string& message) {
  throw Napi::TypeError::New(env, message);
}

// V8 writes U+FFFD for a lone surrogate. The string is searched for lone surrogates only when its UTF-8 has U+FFFD.
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

// Reads a short string, as most topics are, by one call of Node-API. Returns nothing for another value.
std::optional<std::string> read_utf8(const Napi::Value& value) {
  char short_text[256];
  size_t length = 0;
  const napi_status status = napi_get_value_string_utf8(value.Env(), value, short_text, sizeof short_text, &length);
  if (status == napi_string_expected) return std::nullopt;
  if (status != napi_ok) throw Napi::Error::New(value.Env());
  // Node-API never cuts a character in two: up to three bytes stay unused when one does not fit.
  if (length + 4 < sizeof short_text) return std::string(short_text, length);
  return value.As<Napi::String>().Utf8Value();
}

template <typename Where>
void refuse_lone_surrogate(const Napi::Value& value, const std::string& text, const Where& where) {
  if (!has_lone_surrogate(value.As<Napi::String>(), text)) return;
  throw_type_error(value.Env(), where() + " must not contain a lone surrogate");
}

template <typename Where>
void refuse_nul(const Napi::Env& env, std::string_view text, const Where& where) {
  if (text.find('\0') != std::string_view::npos) {
    throw_type_error(env, where() + " must not contain a NUL character");
  }
}

size_t element_size(napi_typedarray_type type) {
  switch (type) {
    case napi_int8_array:
    case napi_uint8_array:
    case napi_uint8_clamped_array:
      return 1;
    case napi_int16_array:
    case napi_uint16_array:
      return 2;
    case napi_int32_array:
    case napi_uint32_array:
    case napi_float32_array:
      return 4;
    default:
      return 8;
  }
}

// Returns nothing for another value.
std::optional<std::string_view> typed_array_bytes(const Napi::Value& value) {
  void* data = nullptr;
  napi_typedarray_type type{};
  size_t elements = 0;
  // This pointer includes the view's offset.
  const napi_status status = napi_get_typedarray_info(value.Env(), value, &type, &elements, &data, nullptr, nullptr);
  if (status == napi_invalid_arg) return std::nullopt;
  if (status != napi_ok) throw Napi::Error::New(value.Env());
  return std::string_view(static_cast<const char*>(data), elements * element_size(type));
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

std::optional<std::string> checked_text(const Napi::Value& value, const std::function<std::string()>& where) {
  std::optional<std::string> text = read_utf8(value);
  if (!text) return text;
  refuse_lone_surrogate(value, *text, where);
  refuse_nul(value.Env(), *text, where);
  return text;
}

std::optional<std::string_view> bytes_of(const Napi::Value& value) {
  if (const std::optional<std::string_view> bytes = typed_array_bytes(value)) return bytes;
  if (value.IsDataView()) return data_view_bytes(value);
  if (!value.IsArrayBuffer()) return std::nullopt;
  auto buffer = value.As<Napi::ArrayBuffer>();
  return std::string_view(static_cast<const char*>(buffer.Data()), buffer.ByteLength());
}

Text to_text(const Napi::Value& value, ArgumentName argument) {
  std::optional<std::string> text = checked_text(value, [argument] { return describe(argument); });
  if (!text) throw_wrong_type(argument, "a string", value);
  return *std::move(text);
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
  double number = 0;
  if (napi_get_value_double(value.Env(), value, &number) != napi_ok) throw_wrong_type(argument, "an integer", value);
  const bool fits = number >= std::numeric_limits<int32_t>::min() && number <= std::numeric_limits<int32_t>::max();
  if (!fits || number != std::trunc(number)) throw_wrong_type(argument, "a 32-bit integer", value);
  return static_cast<int32_t>(number);
}

int64_t to_long_integer(const Napi::Value& value, ArgumentName argument) {
  constexpr double kLargest = 9007199254740991;  // Number.MAX_SAFE_INTEGER
  double number = 0;
  if (napi_get_value_double(value.Env(), value, &number) != napi_ok) throw_wrong_type(argument, "an integer", value);
  const bool fits = number >= -kLargest && number <= kLargest;
  if (!fits || number != std::trunc(number)) throw_wrong_type(argument, "a safe integer", value);
  return static_cast<int64_t>(number);
}

bool to_boolean(const Napi::Value& value, ArgumentName argument) {
  bool result = false;
  if (napi_get_value_bool(value.Env(), value, &result) != napi_ok) throw_wrong_type(argument, "a boolean", value);
  return result;
}

Payload to_payload(const Napi::Value& value, ArgumentName argument) {
  if (const std::optional<std::string_view> bytes = bytes_of(value)) return {{}, *bytes};
  if (value.IsNull() || value.IsUndefined()) return {};
  std::optional<std::string> text = read_utf8(value);
  if (!text) throw_wrong_type(argument, "a string, Buffer, TypedArray, DataView, ArrayBuffer or null", value);
  refuse_lone_surrogate(value, *text, [argument] { return describe(argument); });
  return {*std::move(text), {}};
}

namespace {

// Reads a string and leaves no copy of it elsewhere, such as in a buffer on the stack.
Secret read_secret(const Napi::Value& value, ArgumentName argument) {
  const auto where = [argument] { return describe(argument); };
  size_t length = 0;
  if (napi_get_value_string_utf8(value.Env(), value, nullptr, 0, &length) != napi_ok) {
    throw Napi::Error::New(value.Env());
  }
  Secret secret;
  std::string& text = secret.renew(length);
  if (napi_get_value_string_utf8(value.Env(), value, text.data(), length + 1, &length) != napi_ok) {
    throw Napi::Error::New(value.Env());
  }
  refuse_nul(value.Env(), text, where);
  refuse_lone_surrogate(value, text, where);
  return secret;
}

}  // namespace

TextOrBytes to_text_or_bytes(const Napi::Value& value, ArgumentName argument) {
  if (value.IsNull() || value.IsUndefined()) return {};
  if (value.IsString()) return {read_secret(value, argument)};
  const std::optional<std::string_view> bytes = bytes_of(value);
  if (!bytes) throw_wrong_type(argument, "a string, Uint8Array or null", value);
  refuse_nul(value.Env(), *bytes, [argument] { return describe(argument); });
  TextOrBytes secret;
  secret.assign(*bytes);
  return secret;
}

SecretText to_secret_text(const Napi::Value& value, ArgumentName argument) {
  if (!value.IsString()) throw_wrong_type(argument, "a string", value);
  return {read_secret(value, argument)};
}

OptionalSecretText to_optional_secret_text(const Napi::Value& value, ArgumentName argument) {
  if (value.IsNull() || value.IsUndefined()) return {};
  if (!value.IsString()) throw_wrong_type(argument, "a string or null", value);
  return {read_secret(value, argument)};
}

}  // namespace libmosquitto
