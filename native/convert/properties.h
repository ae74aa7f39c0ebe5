// MQTT 5 properties: from a JavaScript object to libmosquitto's list, and from its
// list to the bytes that lib/native/property-bytes.ts reads.
#pragma once

#include "convert/arguments.h"
#include "convert/parameters.h"
#include "napi_setup.h"

namespace libmosquitto {

// For properties of no packet in particular: types and ranges alone are checked.
inline constexpr int kAnyPacket = -1;

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
