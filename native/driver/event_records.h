// Generated from scripts/events/records.json by scripts/generate-events.mjs: do not edit.
//
// A record is a sequence of 32-bit words in native byte order, then bytes, padded to a multiple of four.
// Word 0 is the kind, word 1 the length of the record in bytes, this header included. Each function below has the
// record's own words, by their numbers, and its bytes. Properties are as in property_bytes.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "driver/event_fields.h"

namespace libmosquitto {

// A checksum of all that this file says. The JavaScript of the package has the same, or does not load the addon.
inline constexpr uint32_t kEventRecordsVersion = 0x65c5b4a3;

enum class EventKind : int32_t {
  kConnect = 1,
  kDisconnect = 2,
  kPublish = 3,
  kMessage = 4,
  kSubscribe = 5,
  kUnsubscribe = 6,
  kLog = 7,
  kLoopEnd = 8,
  kPreConnect = 9,
  kExtAuth = 10,
  kLookUp = 11,
  kPublications = 12,
  kFlushed = 13,
  kDropped = 15,
};

// [2] rc, [3] flags, [4] bytes of properties; properties.
constexpr EventFields<3, 1> connect_record(int32_t rc, int32_t flags, std::string_view properties) {
  return {EventKind::kConnect, {{rc, flags, length_of(properties)}}, {{properties}}};
}

// [2] rc, [3] bytes of properties; properties.
constexpr EventFields<2, 1> disconnect_record(int32_t rc, std::string_view properties) {
  return {EventKind::kDisconnect, {{rc, length_of(properties)}}, {{properties}}};
}

// [2] mid, [3] reason_code, [4] bytes of properties; properties.
constexpr EventFields<3, 1> publish_record(int32_t mid, int32_t reason_code, std::string_view properties) {
  return {EventKind::kPublish, {{mid, reason_code, length_of(properties)}}, {{properties}}};
}

// [2] mid, [3] flags, [4] bytes of topic, [5] bytes of payload, [6] bytes of properties, [7] number; topic, payload,
// properties. `number` is the topic's number in topic_table.h, -1 for none. A topic of no bytes is the one that last
// came with this number.
inline constexpr int32_t kMessageQos = 3;
inline constexpr int32_t kMessageRetain = 4;
inline constexpr int32_t kMessageAscii = 8;
constexpr EventFields<6, 3> message_record(int32_t mid, int32_t flags, std::string_view topic, std::string_view payload,
                                           std::string_view properties, int32_t number) {
  return {EventKind::kMessage,
          {{mid, flags, length_of(topic), length_of(payload), length_of(properties), number}},
          {{topic, payload, properties}}};
}

// [2] mid, [3] bytes of qos_list, [4] bytes of properties; qos_list, properties.
constexpr EventFields<3, 2> subscribe_record(int32_t mid, std::string_view qos_list, std::string_view properties) {
  return {EventKind::kSubscribe, {{mid, length_of(qos_list), length_of(properties)}}, {{qos_list, properties}}};
}

// [2] mid, [3] bytes of reason_codes, [4] bytes of properties; reason_codes, properties.
constexpr EventFields<3, 2> unsubscribe_record(int32_t mid, std::string_view reason_codes,
                                               std::string_view properties) {
  return {
      EventKind::kUnsubscribe, {{mid, length_of(reason_codes), length_of(properties)}}, {{reason_codes, properties}}};
}

// [2] level, [3] bytes of text; text. MOSQ_LOG_INTERNAL is the sign bit of `level`, which is unsigned in C.
constexpr EventFields<2, 1> log_record(int32_t level, std::string_view text) {
  return {EventKind::kLog, {{level, length_of(text)}}, {{text}}};
}

// [2] rc. A loop of loop_forever() has ended.
constexpr EventFields<1, 0> loop_end_record(int32_t rc) { return {EventKind::kLoopEnd, {{rc}}, {}}; }

// nothing. The attempt to connect waits until pre_connect_done() is called.
constexpr EventFields<0, 0> pre_connect_record() { return {EventKind::kPreConnect, {}, {}}; }

// [2] bytes of method, -1 for null, [3] bytes of data, -1 for null, [4] bytes of properties; method, data, properties.
// The connection waits until ext_auth_result() is called.
constexpr EventFields<3, 3> ext_auth_record(std::string_view method, std::string_view data,
                                            std::string_view properties) {
  return {EventKind::kExtAuth,
          {{length_or_null(method), length_or_null(data), length_of(properties)}},
          {{method, data, properties}}};
}

// [2] question, [3] bytes of domain; domain. The attempt to connect waits for the servers that the SRV records of
// `domain` name.
constexpr EventFields<2, 1> look_up_record(int32_t question, std::string_view domain) {
  return {EventKind::kLookUp, {{question, length_of(domain)}}, {{domain}}};
}

// [2] mid, [3] count, [4] reason_code. Stands for `count` publish records without properties, whose mids follow one
// another from `mid` on.
inline constexpr size_t kPublicationsMid = 2;
inline constexpr size_t kPublicationsCount = 3;
inline constexpr size_t kPublicationsReasonCode = 4;
constexpr EventFields<3, 0> publications_record(int32_t mid, int32_t count, int32_t reason_code) {
  return {EventKind::kPublications, {{mid, count, reason_code}}, {}};
}

// [2] question, [3] rc. The answer to flush(), which gave the number of the question.
constexpr EventFields<2, 0> flushed_record(int32_t question, int32_t rc) {
  return {EventKind::kFlushed, {{question, rc}}, {}};
}

// [2] messages, [3] subscribes, [4] unsubscribes.
constexpr EventFields<3, 0> dropped_record(int32_t messages, int32_t subscribes, int32_t unsubscribes) {
  return {EventKind::kDropped, {{messages, subscribes, unsubscribes}}, {}};
}

}  // namespace libmosquitto
