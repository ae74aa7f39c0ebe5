#include "convert/properties.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string_view>

#include "mosquitto_setup.h"

namespace libmosquitto {
namespace {

constexpr size_t kLongest = 65535;
constexpr double kLargestVarint = 268435455;

const char* packet_name(int command) {
  switch (command) {
    case CMD_CONNECT:
      return "CONNECT";
    case CMD_PUBLISH:
      return "PUBLISH";
    case CMD_SUBSCRIBE:
      return "SUBSCRIBE";
    case CMD_UNSUBSCRIBE:
      return "UNSUBSCRIBE";
    case CMD_DISCONNECT:
      return "DISCONNECT";
    case CMD_AUTH:
      return "AUTH";
    case CMD_WILL:
      return "a will";
    default:
      return "a packet of this type";
  }
}

// Returns true when a client may send the property in this packet: libmosquitto does not tell a client's properties
// from a broker's. AUTH has its method and data as separate arguments.
bool is_of_client(int command, int identifier) {
  switch (command) {
    case CMD_PUBLISH:
      return identifier != MQTT_PROP_SUBSCRIPTION_IDENTIFIER;
    case CMD_DISCONNECT:
      return identifier != MQTT_PROP_SERVER_REFERENCE;
    case CMD_WILL:
      return identifier != MQTT_PROP_REASON_STRING;
    case CMD_AUTH:
      return identifier != MQTT_PROP_AUTHENTICATION_METHOD && identifier != MQTT_PROP_AUTHENTICATION_DATA;
    default:
      return true;
  }
}

// Converts one property after the other, by its name.
class Converter {
 public:
  Converter(Napi::Env env, ArgumentName argument, int command) : env_(env), argument_(argument), command_(command) {}

  void add(const std::string& name, const Napi::Value& value) {
    name_ = &name;
    if (name.find('\0') != std::string::npos ||
        mosquitto_string_to_property_info(name.c_str(), &identifier_, &type_) != MOSQ_ERR_SUCCESS ||
        // libmosquitto takes a name in any case; an object could then have one property twice.
        name != mosquitto_property_identifier_to_string(identifier_)) {
      throw Napi::TypeError::New(env_, where() + " is no property of MQTT 5");
    }
    if (!is_allowed()) {
      throw Napi::RangeError::New(env_, where() + " is not allowed in " + packet_name(command_));
    }
    if (type_ == MQTT_PROP_TYPE_STRING_PAIR) {
      for_each(value, [this](const Napi::Value& pair) { add_pair(pair); });
    } else if (identifier_ == MQTT_PROP_SUBSCRIPTION_IDENTIFIER && value.IsArray()) {
      for_each(value, [this](const Napi::Value& number) { add_one(number); });
    } else {
      add_one(value);
    }
  }

  PropertyList take() { return std::move(list_); }

 private:
  [[nodiscard]] bool is_allowed() const {
    if (command_ == kAnyPacket) return true;
    return is_of_client(command_, identifier_) &&
           mosquitto_property_check_command(command_, identifier_) == MOSQ_ERR_SUCCESS;
  }

  [[nodiscard]] std::string where() const {
    return "argument " + std::to_string(argument_.position) + " (" + argument_.name + "): '" + *name_ + "'";
  }

  [[noreturn]] void wrong_type(const char* expected, const Napi::Value& got) const {
    throw Napi::TypeError::New(env_, where() + " must be " + expected + ", got " + shown(got));
  }

  template <typename Each>
  void for_each(const Napi::Value& value, Each each) {
    if (!value.IsArray()) wrong_type("an array", value);
    const auto array = value.As<Napi::Array>();
    for (uint32_t i = 0; i < array.Length(); i++) each(array.Get(i));
  }

  double number(const Napi::Value& value, double largest) {
    if (!value.IsNumber()) wrong_type("an integer", value);
    const double number = value.As<Napi::Number>().DoubleValue();
    if (!std::isfinite(number) || std::trunc(number) != number) wrong_type("an integer", value);
    // MQTT forbids the value 0 for this number alone, and libmosquitto does not check it.
    const int smallest = identifier_ == MQTT_PROP_SUBSCRIPTION_IDENTIFIER ? 1 : 0;
    if (number < smallest || number > largest) {
      throw Napi::RangeError::New(env_, where() + " must be between " + std::to_string(smallest) + " and " +
                                            std::to_string(static_cast<int64_t>(largest)) + ", got " + shown(value));
    }
    return number;
  }

  std::string text(const Napi::Value& value, const char* expected) {
    std::optional<std::string> text = checked_text(value, [this] { return where(); });
    if (!text) wrong_type(expected, value);
    check_length(text->size());
    return *std::move(text);
  }

  // A copy is needed: CONNECT's properties are stored for reconnections, a message's until it is acknowledged.
  std::string copied_text(const Napi::Value& value) {
    std::string content = text(value, "a string");
    count(content.size());
    if (content.empty() && !kCopiesEmptyStrings && (command_ == CMD_CONNECT || command_ == CMD_PUBLISH)) {
      throw Napi::RangeError::New(env_, where() + " must not be empty with libmosquitto 2.0, which would crash");
    }
    return content;
  }

  void check_length(size_t bytes) {
    if (bytes > kLongest) throw Napi::RangeError::New(env_, where() + " must not be longer than 65535 bytes");
  }

  // libmosquitto drops properties that are longer than their length can say, and aborts the process.
  void count(size_t bytes) {
    bytes_ += 1 + sizeof(uint16_t) + bytes;
    if (bytes_ > kLargestVarint) {
      throw Napi::RangeError::New(env_, where() + " makes the properties longer than 268435455 bytes");
    }
  }

  void add_pair(const Napi::Value& value) {
    constexpr const char* kExpected = "an array of [name, value] pairs of strings";
    if (!value.IsArray() || value.As<Napi::Array>().Length() != 2) wrong_type(kExpected, value);
    const auto pair = value.As<Napi::Array>();
    const std::string name = text(pair.Get(uint32_t{0}), kExpected);
    const std::string content = text(pair.Get(uint32_t{1}), kExpected);
    count(name.size() + sizeof(uint16_t) + content.size());
    check(mosquitto_property_add_string_pair(list_.address(), identifier_, name.c_str(), content.c_str()), value);
  }

  void add_one(const Napi::Value& value) {
    // The property is checked alone first, so that a value that MQTT forbids is reported under its name.
    PropertyList alone;
    check(add_to(alone, value), value);
    if (command_ != kAnyPacket) check(check_all_properties(command_, alone.get()), value);
    check(add_to(list_, value), value);
  }

  int add_to(PropertyList& list, const Napi::Value& value) {
    switch (type_) {
      case MQTT_PROP_TYPE_BYTE:
        // Each of these properties is a yes or a no.
        return mosquitto_property_add_byte(list.address(), identifier_,
                                           static_cast<uint8_t>(number(value, command_ == kAnyPacket ? UINT8_MAX : 1)));
      case MQTT_PROP_TYPE_INT16:
        return mosquitto_property_add_int16(list.address(), identifier_,
                                            static_cast<uint16_t>(number(value, UINT16_MAX)));
      case MQTT_PROP_TYPE_INT32:
        return mosquitto_property_add_int32(list.address(), identifier_,
                                            static_cast<uint32_t>(number(value, UINT32_MAX)));
      case MQTT_PROP_TYPE_VARINT:
        return mosquitto_property_add_varint(list.address(), identifier_,
                                             static_cast<uint32_t>(number(value, kLargestVarint)));
      case MQTT_PROP_TYPE_STRING:
        return mosquitto_property_add_string(list.address(), identifier_, copied_text(value).c_str());
      default: {
        const std::optional<std::string_view> bytes = bytes_of(value);
        if (!bytes) wrong_type("a Uint8Array", value);
        check_length(bytes->size());
        count(bytes->size());
        return mosquitto_property_add_binary(list.address(), identifier_, bytes->data(),
                                             static_cast<uint16_t>(bytes->size()));
      }
    }
  }

  void check(int rc, const Napi::Value& value) {
    if (rc == MOSQ_ERR_SUCCESS) return;
    if (rc == MOSQ_ERR_NOMEM) throw Napi::Error::New(env_, where() + ": out of memory");
    throw Napi::RangeError::New(env_, where() + " must not be " + shown(value) + " in " + packet_name(command_));
  }

  Napi::Env env_;
  ArgumentName argument_;
  int command_;
  PropertyList list_;
  size_t bytes_ = 0;  // length of strings and binary data, which alone can be long
  const std::string* name_ = nullptr;
  int identifier_ = 0;
  int type_ = 0;
};

}  // namespace

namespace {

// Returns true for an object with the usual prototype or none.
bool is_plain(const Napi::Object& object) {
  const Napi::Value prototype = object.GetPrototype();
  return !prototype.IsObject() || !prototype.As<Napi::Object>().GetPrototype().IsObject();
}

}  // namespace

PropertyList to_properties(const Napi::Value& value, ArgumentName argument, int command) {
  constexpr const char* kExpected = "an object of properties or null";
  if (value.IsNull() || value.IsUndefined()) return {};
  // Each byte would be a property: merely to list those of a large buffer takes minutes.
  const bool bytes = value.IsTypedArray() || value.IsArrayBuffer() || value.IsDataView();
  if (!value.IsObject() || value.IsArray() || value.IsFunction() || bytes) throw_wrong_type(argument, kExpected, value);
  const auto object = value.As<Napi::Object>();
  const Napi::Array names = object.GetPropertyNames();
  // The entries of a Map are not properties of the object: they would be lost silently.
  if (names.Length() == 0 && !is_plain(object)) throw_wrong_type(argument, kExpected, value);
  Converter converter(value.Env(), argument, command);
  for (uint32_t i = 0; i < names.Length(); i++) {
    const Napi::Value name = names.Get(i);
    const Napi::Value property = object.Get(name);
    if (!property.IsUndefined()) converter.add(name.ToString().Utf8Value(), property);
  }
  return converter.take();
}

Napi::Array property_table(const Napi::Env& env) {
  const Napi::Array table = Napi::Array::New(env);
  for (int identifier = 1; identifier <= UINT8_MAX; identifier++) {
    const char* const name = mosquitto_property_identifier_to_string(identifier);
    int same = 0;
    int type = 0;
    if (name == nullptr || mosquitto_string_to_property_info(name, &same, &type) != MOSQ_ERR_SUCCESS) continue;
    const Napi::Object row = Napi::Object::New(env);
    row.Set("identifier", identifier);
    row.Set("type", type);
    row.Set("name", name);
    table.Set(table.Length(), row);
  }
  return table;
}

}  // namespace libmosquitto
