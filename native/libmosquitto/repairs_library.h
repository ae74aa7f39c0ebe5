/* What repairs*.c want of the library's own headers, under one name for its versions. */
#ifndef LIBMOSQUITTO_REPAIRS_LIBRARY_H
#define LIBMOSQUITTO_REPAIRS_LIBRARY_H

#include "mosquitto_internal.h"

#if LIBMOSQUITTO_VERSION_NUMBER >= 2001000
#include "property_common.h"
typedef struct mosquitto__packet_in incoming_packet;
#define duplicate mosquitto_strdup
#define release mosquitto_free
#define property__get_length_all mosquitto_property_get_length_all
#else
typedef struct mosquitto__packet incoming_packet;
#define duplicate mosquitto__strdup
#define release mosquitto__free
#endif

/* Those of the packet that is being handled, which were kept for its callback. */
void repairs_forget_properties(void);

#endif
