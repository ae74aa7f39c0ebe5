// Makes the errors that JavaScript gets. They are made in one place, so that they look alike.
#pragma once

#include <string>

#include "mosquitto_setup.h"
#include "napi_setup.h"

namespace libmosquitto {

// An Error with `rc`, a MOSQ_ERR_* code; lib/native/errors.ts makes a MosquittoError of it.
inline Napi::Error mosquitto_error(const Napi::Env& env, int rc, const std::string& what) {
  const Napi::Error error = Napi::Error::New(env, what + ": " + mosquitto_strerror(rc));
  error.Value().Set("rc", Napi::Number::New(env, rc));
  return error;
}

}  // namespace libmosquitto
