/* The size above which a payload is not copied. */
#ifndef LIBMOSQUITTO_LARGE_PAYLOAD_H
#define LIBMOSQUITTO_LARGE_PAYLOAD_H

/* Up to this size a copy costs less than avoiding it (in_place.c, write_through.c). */
enum { kLargePayload = 8 * 1024 };

#endif
