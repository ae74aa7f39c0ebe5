/* The functions of engine/ that the addon calls. In a build without the engine (LIBMOSQUITTO_PLAIN) they do nothing. */
#ifndef LIBMOSQUITTO_ENGINE_H
#define LIBMOSQUITTO_ENGINE_H

#ifdef __cplusplus
extern "C" {
#endif

struct mosquitto;

#ifndef LIBMOSQUITTO_PLAIN

/* Gives a new client a small read-ahead buffer. */
void engine_init_read_ahead(struct mosquitto* mosq);
/* Replaces a large read-ahead buffer that was not used since the last call by a small one. */
void engine_shrink_unused(struct mosquitto* mosq);
/* Writes what is queued, on any thread, and closes nothing. Returns 0 when some of it is still queued. */
int engine_write_directly(struct mosquitto* mosq);

#else

static inline void engine_init_read_ahead(struct mosquitto* mosq) { (void)mosq; }
static inline void engine_shrink_unused(struct mosquitto* mosq) { (void)mosq; }
static inline int engine_write_directly(struct mosquitto* mosq) {
  (void)mosq;
  return 0;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
