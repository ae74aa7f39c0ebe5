// Converts MQTT 5 properties from a JavaScript object to libmosquitto's list. It also exports the table of all
// properties.
#pragma once

#include "convert/arguments.h"
#include "convert/parameters.h"
#include "napi_setup.h"

namespace libmosquitto {

// Stands for no packet in particular: only types and ranges are checked.
inline constexpr int kAnyPacket = -1;

PropertyList to_properties(const Napi::Value& value, ArgumentName argument, int command);

template <int Command>
struct Argument<const Properties<Command>&> {
  Properties<Command> value;
  Argument(const Napi::Value& from, ArgumentName name) : value{to_properties(from, name, Command)} {}
};

// For a function that takes the list's ownership.
template <int Command>
struct Argument<Properties<Command>&> {
  Properties<Command> value;
  Argument(const Napi::Value& from, ArgumentName name) : value{to_properties(from, name, Command)} {}
};

// Returns every property for JavaScript: [{ identifier, type, name }, ...].
Napi::Array property_table(const Napi::Env& env);

}  // namespace libmosquitto
