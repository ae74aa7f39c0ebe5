// What the addon was built from and what it can do.
#pragma once

#include "napi_setup.h"

namespace libmosquitto {

Napi::Value build_info(const Napi::CallbackInfo& info);

}  // namespace libmosquitto
