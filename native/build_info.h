// build_info(): returns the versions of the addon's parts and the features with which it was built.
#pragma once

#include "napi_setup.h"

namespace libmosquitto {

Napi::Value build_info(const Napi::CallbackInfo& info);

}  // namespace libmosquitto
