/* What repairs.c offers beyond what libmosquitto does. */
#ifndef LIBMOSQUITTO_REPAIRS_H
#define LIBMOSQUITTO_REPAIRS_H

#ifdef __cplusplus
extern "C" {
#endif

struct mosquitto;

void repairs_excuse_pingresp(struct mosquitto* mosq);

#ifdef __cplusplus
}
#endif

#endif
