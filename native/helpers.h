// Exports the functions of mosquitto.h that take no handle.
#pragma once

#include "napi_setup.h"

namespace libmosquitto {

// The functions about the library itself, its texts and UTF-8, and those of the two functions below.
void export_helpers(const Napi::Env& env, Napi::Object& exports);
void export_topic_helpers(const Napi::Env& env, Napi::Object& exports);
void export_property_helpers(const Napi::Env& env, Napi::Object& exports);

}  // namespace libmosquitto
