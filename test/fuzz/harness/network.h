/* The network of the harness: what the library reads stands in memory. */
#ifndef LIBMOSQUITTO_FUZZ_NETWORK_H
#define LIBMOSQUITTO_FUZZ_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No socket from now on: a connection attempt fails. */
void network_refuse(void);

/* The next socket that the library asks for is connected to a peer that sends these bytes. */
void network_offer(const uint8_t* bytes, size_t length);

/* So many bytes more have arrived. */
void network_arrive(size_t count);

/* How many bytes the peer has not sent yet. */
size_t network_left(void);

/* The peer has ended the connection. */
void network_end(void);

/* How many bytes the socket takes until it is full; SIZE_MAX: any number. */
void network_room(size_t bytes);

/* How many calls of read() there were since the last arrival. */
size_t network_reads(void);

#endif
