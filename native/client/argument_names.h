// Generated from lib/native/binding.ts by scripts/generate-argument-names.mjs: do not edit.
#pragma once

namespace libmosquitto::argument_names {

inline constexpr const char* kConstructed[] = {"client_id", "clean_session"};
inline constexpr const char* kExtAuthResult[] = {"rc"};
inline constexpr const char* kListen[] = {"mask"};
inline constexpr const char* kReinitialise[] = {"client_id", "clean_session"};
inline constexpr const char* kConnect[] = {"hostname", "port", "keepalive", "bind_address", "properties"};
inline constexpr const char* kConnectAsync[] = {"hostname", "port", "keepalive", "bind_address", "properties"};
inline constexpr const char* kConnectSrv[] = {"hostname", "keepalive", "bind_address"};
inline constexpr const char* kLookUpPending[] = {"question"};
inline constexpr const char* kServerFound[] = {"question", "hostname", "port"};
inline constexpr const char* kServersDone[] = {"question", "failure"};
inline constexpr const char* kDisconnect[] = {"reason_code", "properties"};
inline constexpr const char* kPublish[] = {"topic", "payload", "qos", "retain", "properties"};
inline constexpr const char* kSubscribe[] = {"topic", "qos", "options", "properties"};
inline constexpr const char* kUnsubscribe[] = {"topic", "properties"};
inline constexpr const char* kFlushCancel[] = {"question"};
inline constexpr const char* kLoop[] = {"timeout", "max_packets"};
inline constexpr const char* kLoopStart[] = {"thread"};
inline constexpr const char* kLoopStop[] = {"force"};
inline constexpr const char* kLoopRead[] = {"max_packets"};
inline constexpr const char* kLoopWrite[] = {"max_packets"};
inline constexpr const char* kThreadedSet[] = {"threaded"};
inline constexpr const char* kUsernamePwSet[] = {"username", "password"};
inline constexpr const char* kWillSet[] = {"topic", "payload", "qos", "retain", "properties"};
inline constexpr const char* kExtAuthContinue[] = {"method", "data", "properties"};
inline constexpr const char* kSocks5Set[] = {"host", "port", "username", "password"};
inline constexpr const char* kTlsSet[] = {"cafile", "capath", "certfile", "keyfile", "passphrase"};
inline constexpr const char* kTlsInsecureSet[] = {"value"};
inline constexpr const char* kTlsOptsSet[] = {"cert_reqs", "tls_version", "ciphers"};
inline constexpr const char* kTlsPskSet[] = {"psk", "identity", "ciphers"};
inline constexpr const char* kTlsCrlSet[] = {"crlfile"};
inline constexpr const char* kIntOption[] = {"option", "value"};
inline constexpr const char* kStringOption[] = {"option", "value"};
inline constexpr const char* kMaxPacketSizeSet[] = {"bytes"};
inline constexpr const char* kConnectTimeoutSet[] = {"seconds"};
inline constexpr const char* kReconnectDelaySet[] = {"delay", "delay_max", "exponential_backoff"};
inline constexpr const char* kMaxInflightMessagesSet[] = {"max"};
inline constexpr const char* kMaxQueuedMessagesSet[] = {"messages", "bytes"};

}  // namespace libmosquitto::argument_names
