// The addon's parts and features, as it was built.
#pragma once

#include "napi_setup.h"

namespace libmosquitto {

Napi::Value build_info(const Napi::CallbackInfo& info);

}  // namespace libmosquitto
