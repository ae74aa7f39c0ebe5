// Module functions: those of mosquitto.h that take no handle.
#pragma once

#include "napi_setup.h"

namespace libmosquitto {

// The library itself, its texts, UTF-8, and what the two below export.
void export_helpers(const Napi::Env& env, Napi::Object& exports);
void export_topic_helpers(const Napi::Env& env, Napi::Object& exports);
void export_property_helpers(const Napi::Env& env, Napi::Object& exports);

}  // namespace libmosquitto
