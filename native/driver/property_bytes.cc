#include "driver/property_bytes.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace libmosquitto {
namespace {

struct Free {
  void operator()(void* memory) const { free_library_memory(memory); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

void put(std::string& out, uint32_t value, int bytes) {
  for (int i = 0; i < bytes; i++) out.push_back(static_cast<char>(value >> (8 * i)));
}

void put(std::string& out, std::string_view text) {
  put(out, static_cast<uint32_t>(text.size()), 2);
  out.append(text);
}

// libmosquitto returns NULL for an empty string.
std::string_view view(const Owned<char>& text) { return text ? std::string_view(text.get()) : std::string_view(); }

int type_of(int identifier) {
  int same = 0;
  int type = 0;
  const char* const name = mosquitto_property_identifier_to_string(identifier);
  if (name == nullptr) return 0;
  mosquitto_string_to_property_info(name, &same, &type);
  return type;
}

void put_value(std::string& out, const mosquitto_property* property, int identifier) {
  switch (type_of(identifier)) {
    case MQTT_PROP_TYPE_BYTE: {
      uint8_t value = 0;
      mosquitto_property_read_byte(property, identifier, &value, false);
      put(out, value, 1);
      break;
    }
    case MQTT_PROP_TYPE_INT16: {
      uint16_t value = 0;
      mosquitto_property_read_int16(property, identifier, &value, false);
      put(out, value, 2);
      break;
    }
    case MQTT_PROP_TYPE_INT32: {
      uint32_t value = 0;
      mosquitto_property_read_int32(property, identifier, &value, false);
      put(out, value, 4);
      break;
    }
    case MQTT_PROP_TYPE_VARINT: {
      uint32_t value = 0;
      mosquitto_property_read_varint(property, identifier, &value, false);
      put(out, value, 4);
      break;
    }
    case MQTT_PROP_TYPE_STRING: {
      char* text = nullptr;
      mosquitto_property_read_string(property, identifier, &text, false);
      put(out, view(Owned<char>(text)));
      break;
    }
    case MQTT_PROP_TYPE_BINARY: {
      void* data = nullptr;
      uint16_t length = 0;
      mosquitto_property_read_binary(property, identifier, &data, &length, false);
      const Owned<void> owned(data);
      put(out, data == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(data), length));
      break;
    }
    default: {
      char* name = nullptr;
      char* value = nullptr;
      mosquitto_property_read_string_pair(property, identifier, &name, &value, false);
      put(out, view(Owned<char>(name)));
      put(out, view(Owned<char>(value)));
    }
  }
}

}  // namespace

std::string property_bytes(const mosquitto_property* list) {
  std::string out;
  for (const mosquitto_property* property = list; property != nullptr; property = mosquitto_property_next(property)) {
    const int identifier = mosquitto_property_identifier(property);
    out.push_back(static_cast<char>(identifier));
    put_value(out, property, identifier);
  }
  return out;
}

}  // namespace libmosquitto
