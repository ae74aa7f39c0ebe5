// The C++ types of arguments and results that are converted from and to JavaScript. They know nothing of Node-API.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "convert/secret.h"
#include "mosquitto_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

// A string for C. It has no NUL, at which C would cut it off, and no lone surrogate, which UTF-8 cannot encode.
using Text = std::string;
// Returns an optional string as C takes it.
inline const char* c_string(const std::optional<Text>& text) { return text ? text->c_str() : nullptr; }

// The bytes of a message: JavaScript's memory, or the UTF-8 form of a string. They are valid until the method returns.
struct Payload {
  std::string text;
  std::string_view memory;

  [[nodiscard]] std::string_view bytes() const { return text.empty() ? memory : std::string_view(text); }
};

// A password, or a certificate: text or bytes, passed on as a C string.
struct TextOrBytes : Secret {};
// A passphrase or a key; the second may be null.
struct SecretText : Secret {};
struct OptionalSecretText : Secret {};

// A member of a JavaScript object of numbers.
struct Figure {
  const char* name;
  uint64_t value;
};

// Owns a mosquitto_property list.
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

// The properties of a packet of type `Command` (CMD_*): converting refuses a property that such a packet cannot have.
template <int Command>
struct Properties {
  PropertyList list;
  [[nodiscard]] mosquitto_property* get() const { return list.get(); }
};

}  // namespace libmosquitto
