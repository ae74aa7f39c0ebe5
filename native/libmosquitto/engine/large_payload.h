/* The size from which a payload is not copied. */
#ifndef LIBMOSQUITTO_LARGE_PAYLOAD_H
#define LIBMOSQUITTO_LARGE_PAYLOAD_H

/* A copy of a payload that is not larger costs less than the ways around it (in_place.c, write_through.c). */
enum { kLargePayload = 8 * 1024 };

#endif
