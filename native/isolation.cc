#include "isolation.h"

#include <memory>

#include "driver/libc_hooks.h"
#include "mosquitto_setup.h"

namespace libmosquitto {

bool library_is_hooked() {
  if (initialise_library() != MOSQ_ERR_SUCCESS) return false;
  const std::unique_ptr<mosquitto, decltype(&mosquitto_destroy)> probe(mosquitto_new(nullptr, true, nullptr),
                                                                       mosquitto_destroy);
  if (!probe) return false;
  const ConnectionScope refuse;
  mosquitto_connect(probe.get(), "127.0.0.1", 1, 60);
  return refuse.reached();
}

}  // namespace libmosquitto
