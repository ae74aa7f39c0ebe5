/* Faster versions of small functions that the library calls for every packet: the clock and the checks of topics and
 * text. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "mosquitto_internal.h"
#include "plain_text.h"

extern __typeof__(mosquitto_validate_utf8) __real_mosquitto_validate_utf8, __wrap_mosquitto_validate_utf8;
extern __typeof__(mosquitto_pub_topic_check) __real_mosquitto_pub_topic_check, __wrap_mosquitto_pub_topic_check;
extern __typeof__(mosquitto_time) __real_mosquitto_time, __wrap_mosquitto_time;

int __wrap_mosquitto_validate_utf8(const char* text, int length) {
  const bool allowed = text != NULL && length >= 0 && length <= UINT16_MAX;
  if (allowed && is_plain(text, (size_t)length, 1)) return MOSQ_ERR_SUCCESS;
  return __real_mosquitto_validate_utf8(text, length);
}

int __wrap_mosquitto_pub_topic_check(const char* topic) {
  if (topic != NULL && is_plain_topic(topic, strlen(topic))) return MOSQ_ERR_SUCCESS;
  return __real_mosquitto_pub_topic_check(topic);
}

/* The library counts the keepalive by this time, in seconds. Its clock takes several times as long to read as the
 * coarse one. The coarse clock moves every few milliseconds: until then the answer is the same. */
time_t __wrap_mosquitto_time(void) {
#ifdef CLOCK_MONOTONIC_COARSE
  static _Thread_local struct timespec asked;
  static _Thread_local time_t answer;
  struct timespec now;
  if (clock_gettime(CLOCK_MONOTONIC_COARSE, &now) == 0) {
    if (now.tv_nsec != asked.tv_nsec || now.tv_sec != asked.tv_sec) {
      asked = now;
      answer = __real_mosquitto_time();
    }
    return answer;
  }
#endif
  return __real_mosquitto_time();
}
