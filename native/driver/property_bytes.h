// Encodes MQTT 5 properties for an event record. lib/native/property-bytes.ts decodes them. One property follows the
// other, each as:
//
//   identifier: 1 byte
//   value: byte: 1; two byte integer: 2; four byte and variable byte integer: 4;
//          string and binary data: 2 for the length, then the bytes; string pair: two of those
//
// Numbers are little-endian. Both sides know the type of each identifier from libmosquitto.
#pragma once

#include <string>

#include "mosquitto_setup.h"

namespace libmosquitto {

// Returns the bytes in the order of the list; none for an empty list.
std::string property_bytes(const mosquitto_property* list);

}  // namespace libmosquitto
