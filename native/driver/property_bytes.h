// MQTT 5 properties as bytes of an event record: one after the other
//
//   identifier: 1 byte
//   value: byte: 1; two byte integer: 2; four byte and variable byte integer: 4;
//          string and binary data: 2 for the length, then the bytes; string pair: two of those
//
// numbers little-endian. Which value an identifier has, both sides know from libmosquitto.
#pragma once

#include <string>

#include "mosquitto_setup.h"

namespace libmosquitto {

// In the order of the list. Empty for none.
std::string property_bytes(const mosquitto_property* list);

}  // namespace libmosquitto
