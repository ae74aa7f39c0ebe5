// MQTT 5 properties: from a JavaScript object to libmosquitto's list, and from its
// list to the bytes that lib/native/property-bytes.ts reads.
#pragma once

#include <string>
#include <utility>

#include "convert/arguments.h"
#include "mosquitto_setup.h"
#include "napi_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

// A mosquitto_property list with an owner.
class PropertyList {
 public:
  PropertyList() = default;
  PropertyList(PropertyList&& other) noexcept : list_(other.release()) {}
  PropertyList& operator=(PropertyList&& other) noexcept {
    if (this != &other) {
      mosquitto_property_free_all(&list_);
      list_ = other.release();
    }
    return *this;
  }
  PropertyList(const PropertyList&) = delete;
  PropertyList& operator=(const PropertyList&) = delete;
  ~PropertyList() { mosquitto_property_free_all(&list_); }

  [[nodiscard]] mosquitto_property* get() const { return list_; }
  mosquitto_property** address() { return &list_; }
  mosquitto_property* release() { return std::exchange(list_, nullptr); }

 private:
  mosquitto_property* list_ = nullptr;
};
static_assert(kIsUniqueOwner<PropertyList>);

// For properties of no packet in particular: types and ranges alone are checked.
inline constexpr int kAnyPacket = -1;

// The properties of a packet of type `Command` (CMD_*): what is not allowed in it is
// refused while converting.
template <int Command>
struct Properties {
  PropertyList list;
  [[nodiscard]] mosquitto_property* get() const { return list.get(); }
};

PropertyList to_properties(const Napi::Value& value, ArgumentName argument, int command);

template <int Command>
struct Argument<const Properties<Command>&> {
  Properties<Command> value;
  Argument(const Napi::Value& from, ArgumentName name) : value{to_properties(from, name, Command)} {}
};

// For a function that takes the list over.
template <int Command>
struct Argument<Properties<Command>&> {
  Properties<Command> value;
  Argument(const Napi::Value& from, ArgumentName name) : value{to_properties(from, name, Command)} {}
};

// Every property there is, for JavaScript: [{ identifier, type, name }, ...].
Napi::Array property_table(const Napi::Env& env);

}  // namespace libmosquitto
