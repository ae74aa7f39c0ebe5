/* The simulated network of the harness: the bytes that the library reads are in memory. */
#ifndef LIBMOSQUITTO_FUZZ_NETWORK_H
#define LIBMOSQUITTO_FUZZ_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No socket from now on: a connection attempt fails. */
void network_refuse(void);

/* The next socket that the library asks for is connected to a peer that sends these bytes. */
void network_offer(const uint8_t* bytes, size_t length);

/* Lets so many more bytes arrive. */
void network_arrive(size_t count);

/* Returns the number of bytes that the peer has not sent yet. */
size_t network_left(void);

/* Ends the connection on the peer's side. */
void network_end(void);

/* Sets the number of bytes that the socket accepts until it is full; SIZE_MAX for any number. */
void network_room(size_t bytes);

/* Returns the number of calls of read() since the last arrival. */
size_t network_reads(void);

#endif
