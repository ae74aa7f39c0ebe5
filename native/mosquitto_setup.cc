#include "mosquitto_setup.h"

#include <mutex>

namespace libmosquitto {

int initialise_library() {
  static std::once_flag once;
  static int rc = MOSQ_ERR_SUCCESS;
  std::call_once(once, [] { rc = mosquitto_lib_init(); });
  return rc;
}

}  // namespace libmosquitto
