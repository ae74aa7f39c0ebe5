// Module functions: those of mosquitto.h that take no handle.
#pragma once

#include "napi_setup.h"

namespace libmosquitto {

void export_helpers(const Napi::Env& env, Napi::Object& exports);

}  // namespace libmosquitto
