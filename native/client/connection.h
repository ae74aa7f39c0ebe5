// A client's connection, from the socket of an attempt to its end: what is read and written, and what ends it.
//
// The session's lock guards it, and the caller holds that lock. reading_paused() needs no lock. target() and the phase
// are read without it while no other thread drives the client.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "client/client_owner.h"
#include "client/connection_phase.h"
#include "client/proxy.h"
#include "client/rare.h"
#include "client/session.h"
#include "client/tls_settings.h"
#include "driver/dialer.h"
#include "driver/driven.h"
#include "mosquitto_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

class Connection {
 public:
  Connection(Session& session, TlsSettings& tls, Proxy& proxy, const ClientOwner& owner)
      : session_(session), tls_(tls), proxy_(proxy), owner_(owner) {}
  ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] const ConnectionPhase& phase() const { return phase_; }
  // The client is new again.
  void reset();

  // The broker, and how long an attempt to connect may take.
  [[nodiscard]] const DialTarget& target() const { return target_; }
  void set_bind_address(const std::string& address) { target_.bind_address = address; }
  void set_server(const std::string& hostname, int port);
  void set_keepalive(int keepalive) { keepalive_ = static_cast<uint16_t>(keepalive); }
  [[nodiscard]] uint16_t keepalive() const { return keepalive_; }
  void set_timeout(std::chrono::seconds timeout) { timeout_ = timeout; }
  void set_send_maximum(uint16_t maximum) { send_maximum_ = maximum; }
  void set_packet_limit(uint32_t bytes) { packet_limit_ = bytes; }
  [[nodiscard]] uint32_t packet_limit() const { return packet_limit_; }
  // The place to which connections really go: the broker, or the proxy.
  [[nodiscard]] DialTarget dial_target() const;

  // establish.cc: the beginning, and disconnect()
  // The client is to be connected to this place.
  void declare(const DialTarget& target);
  // Whether a connected socket may be adopted. MOSQ_ERR_NO_CONN: disconnect() came while the connection was being made.
  int may_adopt();
  // The connected socket becomes the handle's, and CONNECT is queued.
  int adopt(DialResult connected);
  int disconnect(int reason_code, const mosquitto_property* properties);

  // traffic.cc: steps of the traffic. read(), write() and tick() return the code that on_disconnect was told, or
  // libmosquitto's.
  Traffic traffic(bool due);
  int read(Reads reads = Reads::kAll);
  int write();
  // The same, unless there is nothing to write, or an answer of on_ext_auth is due.
  void write_if_due();
  int tick();
  // The newest read has emptied the socket.
  [[nodiscard]] bool drained();
  // There is something to write. Not for packets that libmosquitto only keeps in its queue.
  [[nodiscard]] bool wants_write() const;
  // Input that is processed before the socket is readable again.
  [[nodiscard]] bool has_buffered_input() const { return has_buffered_input_; }
  // Writes what is queued, and closes nothing: not in a handshake, and not while leaving. False: some is left.
  bool write_directly();
  // Input is read: the peer takes the answers to it, or nothing that comes is answered any more.
  [[nodiscard]] bool takes_input() const;
  // Memory for reading that was not used meanwhile is given back.
  void shrink();
  // Delivered events make room to read on.
  void resume_reading() { paused_ = false; }
  [[nodiscard]] bool reading_paused() const { return paused_; }

  // handshake.cc
  // disconnect() came during a handshake: ends the connection. True when it just did.
  bool leaves_handshake();
  // Closes the socket; on_disconnect gets `rc`.
  void abandon(int rc);

  // outcome.cc: the newest failure in words. remember_attempt() returns the sentence without its full stop.
  std::string remember_attempt(int rc, int error);
  void remember_end(int rc, int error);
  void remember_refusal(int code);

  // ext_auth.cc
  // on_ext_auth was recorded: nothing is read or written until it is answered.
  void begin_authentication() { authenticating_ = true; }
  [[nodiscard]] bool authenticating() const { return authenticating_; }
  // The library keeps so much input behind the AUTH packet.
  void keep_input(uint16_t position, uint16_t length);
  // The answer of on_ext_auth: the connection goes on, or ends with that code. False: nobody has asked.
  bool answer_authentication(int rc);

  // The library's callbacks: on_connect with 0, and the first part of on_disconnect.
  void accept(const mosquitto_property* properties);
  // Returns the code for on_disconnect, made of the library's.
  int end(int rc);
  // Whether a message that nobody listens to need not be recorded.
  bool skips_message();
  // Asked by the library's reading, now and then.
  [[nodiscard]] bool read_enough() const;
  // Bytes of messages of QoS 2 that the broker need not have released, with this receive maximum.
  [[nodiscard]] uint64_t unreleased_limit(uint16_t receive_maximum) const;
  // libmosquitto formats a line for each packet as soon as somebody listens: listens while JavaScript or last_error
  // needs that. Not inside a call of the library.
  void follow_log();
  // The callback that follow_log() sets; callbacks.cc has it.
  using LogCallback = void (*)(mosquitto*, void*, int, const char*);
  static const LogCallback kLogCallback;

  // The topics of the aliases that were given on this connection; null for another alias.
  [[nodiscard]] const std::string* topic_of_alias(uint16_t alias) const;
  void give_alias(uint16_t alias, const std::string& topic) { aliases_.use()[alias] = topic; }

 private:
  static constexpr std::chrono::seconds kTimeout{30};
  // One call of the library reads no more than this, with the lock held.
  static constexpr uint64_t kReadNs = uint64_t{500} * 1000;
  static constexpr size_t kReadBytes = size_t{64} * 1024;  // as events
  static constexpr uint32_t kPacketLimit = uint32_t{128} * 1024 * 1024;
  static constexpr uint16_t kSendMaximum = 20;  // libmosquitto's
  static constexpr uint16_t kReceiveMaximum = 20;
  // Messages of QoS 2 may take so many bytes until the broker releases them.
  static constexpr uint64_t kUnreleasedLimit = uint64_t{512} * 1024 * 1024;

  int write_queued();
  [[nodiscard]] bool may_write_directly() const;
  // attempt.cc: from the TCP connect to CONNACK
  void begin_attempt(std::chrono::steady_clock::time_point begun);
  [[nodiscard]] bool awaits_connack() const;
  int check_attempt();
  // keepalive.cc
  void accept_keepalive(const mosquitto_property* properties);
  void excuse_living_peer();
  int read_before_keepalive();
  // farewell.cc: from disconnect() to the end of the connection
  void extend_farewell();
  bool drops_to_end();
  int write_farewell();
  void check_farewell();
  // handshake.cc
  [[nodiscard]] bool in_handshake() const;
  [[nodiscard]] bool before_connect() const;
  void tell_end(int rc);
  int check_handshake(int rc);
  int read_alert();
  bool leaves_plain();
  // outcome.cc
  [[nodiscard]] std::string reason_in_words(int rc, int error) const;
  std::string remember_failure(const std::string& reason);

  Session& session_;
  TlsSettings& tls_;
  Proxy& proxy_;
  const ClientOwner& owner_;

  // Ten thousand clients may live in a process: each byte here counts.
  DialTarget target_;
  Rare<std::map<uint16_t, std::string>> aliases_;  // given in this connection, with their topics
  std::chrono::seconds timeout_ = kTimeout;
  std::chrono::steady_clock::time_point attempt_deadline_;    // for CONNACK,
  std::chrono::steady_clock::time_point attempt_checked_at_;  // ... last compared with the clock
  std::chrono::steady_clock::time_point farewell_deadline_;
  uint64_t read_ends_at_ = 0;
  size_t read_ends_with_ = 0;
  uint64_t queued_answers_ = 0;  // bytes, when they were last looked at
  uint32_t packet_limit_ = kPacketLimit;
  int untaken_ = 0;   // bytes that the peer had not acknowledged yet when they were last looked at
  int ended_rc_ = 0;  // the code that on_disconnect was told within the call of the library
  uint16_t send_maximum_ = kSendMaximum;
  uint16_t keepalive_ = 0;
  uint16_t kept_position_ = 0;  // offset of the input kept behind an AUTH packet
  uint16_t kept_length_ = 0;
  ConnectionPhase phase_;
  bool attempt_extended_ = false;
  bool authenticating_ = false;      // on_ext_auth has not answered yet
  bool has_buffered_input_ = false;  // to be processed without the socket being readable
  bool end_remembered_ = false;      // last_error tells why this connection ends
  bool short_keepalive_ = false;     // the broker's
  bool was_in_handshake_ = false;    // when the library was last told to read or to write
  bool hears_log_ = false;           // libmosquitto's log callback is set
  bool began_plain_ = false;         // TLS was not asked for when this connection was made
  bool skips_messages_ = false;      // no JavaScript ran when the newest bytes came
  std::atomic<bool> paused_{false};  // too much is undelivered to read on
};
static_assert(kIsUniqueOwner<Connection>);

}  // namespace libmosquitto
