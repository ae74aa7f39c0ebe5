// A client's connection, from the socket of an attempt to its end: it reads and writes, and notices what ends the
// connection.
//
// The session's lock guards it, and the caller locks the session. reading_paused() needs no lock. target() and the
// phase are read without it while no other thread drives the client.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

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

// The object that a connection tells of its end.
class ConnectionListener {
 public:
  ConnectionListener() = default;
  virtual ~ConnectionListener() = default;
  ConnectionListener(const ConnectionListener&) = delete;
  ConnectionListener& operator=(const ConnectionListener&) = delete;

  // on_disconnect was recorded.
  virtual void connection_ended() = 0;
};
static_assert(kIsUniqueOwner<ConnectionListener>);

class Connection {
 public:
  Connection(Session& session, TlsSettings& tls, Proxy& proxy, ConnectionListener& listener)
      : session_(session), tls_(tls), proxy_(proxy), listener_(listener) {}
  ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] Session& session() const { return session_; }
  [[nodiscard]] const ConnectionPhase& phase() const { return phase_; }
  // The client was reinitialised.
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
  // Returns the place to which the TCP connection goes: the broker, or the proxy.
  [[nodiscard]] DialTarget dial_target() const;

  // establish.cc: the beginning, and disconnect()
  // The next connection goes to this place.
  void declare(const DialTarget& target);
  // Returns whether a connected socket may be adopted. MOSQ_ERR_NO_CONN: disconnect() came while the connection was
  // being made.
  int may_adopt();
  // Gives the connected socket to the handle, and queues CONNECT.
  int adopt(DialResult connected);
  int disconnect(int reason_code, const mosquitto_property* properties);

  // traffic.cc: steps of the traffic. read(), write() and tick() return the code that on_disconnect gets, or
  // libmosquitto's code.
  Traffic traffic(bool due);
  int read(Reads reads = Reads::kAll);
  int write();
  // Writes, unless there is nothing to write, or an answer of on_ext_auth is due.
  void write_if_due();
  int tick();
  // True when the newest read has emptied the socket.
  [[nodiscard]] bool drained();
  // True when there is something to write now. Packets that libmosquitto only leaves in its queue do not count.
  [[nodiscard]] bool wants_write() const;
  // True when there is input to process before the socket is readable again.
  [[nodiscard]] bool has_buffered_input() const { return has_buffered_input_; }
  // Writes what is queued, and closes nothing. It does not write in a handshake, or while leaving. Returns false when
  // some is left.
  bool write_directly();
  // False while input is not read, because the peer does not take the answers to it. While leaving nothing is answered,
  // so that input is always read.
  [[nodiscard]] bool takes_input() const;
  // Frees memory for reading that was not used since the last call.
  void shrink();
  // Enough events were delivered for reading to go on.
  void resume_reading() { paused_ = false; }
  [[nodiscard]] bool reading_paused() const { return paused_; }

  // handshake.cc
  // Ends the connection if disconnect() came during a handshake. Returns true when it did.
  bool leaves_handshake();
  // Closes the socket; on_disconnect gets `rc`.
  void abandon(int rc);

  // outcome.cc: the newest failure in words. remember_attempt() returns the sentence without its full stop.
  std::string remember_attempt(int rc, int error);
  void remember_end(int rc, int error);
  void remember_refusal(int code);

  // ext_auth.cc
  // on_ext_auth was recorded: nothing is read or written until it has returned.
  void begin_authentication() { authenticating_ = true; }
  [[nodiscard]] bool authenticating() const { return authenticating_; }
  // The library's buffer has this input behind the AUTH packet, to be processed after the answer.
  void put_input_aside(uint16_t position, uint16_t length);
  // Applies the result of on_ext_auth: the connection goes on, or ends with that code. Returns false when no answer is
  // due.
  bool answer_authentication(int rc);

  // For the library's callbacks: on_connect with 0, and the first part of on_disconnect.
  void accept(const mosquitto_property* properties);
  // Returns the code for on_disconnect, derived from the library's.
  int end(int rc);
  // Returns true when a message that nobody listens to need not be recorded.
  bool skips_message();
  // Returns true when the current read has taken enough; the library's reading asks from time to time.
  [[nodiscard]] bool read_enough() const;
  // Returns the most bytes that unreleased messages of QoS 2 may take, with this receive maximum.
  [[nodiscard]] uint64_t unreleased_limit(uint16_t receive_maximum) const;
  // Sets or removes libmosquitto's log callback: libmosquitto formats a line for each packet as soon as there is one.
  // It is set while JavaScript or last_error needs the lines. Not to be called inside a call of the library.
  void follow_log();
  // The callback that follow_log() sets; it is defined in callbacks.cc.
  using LogCallback = void (*)(mosquitto*, void*, int, const char*);
  static const LogCallback kLogCallback;

  // Returns the topic of an alias that was given on this connection; null for another alias.
  [[nodiscard]] const std::string* topic_of_alias(uint16_t alias) const;
  void give_alias(uint16_t alias, const std::string& topic) { aliases_.use()[alias] = topic; }

 private:
  static constexpr std::chrono::seconds kTimeout{30};
  // One call of the library reads for no longer than this, while the session is locked.
  static constexpr uint64_t kReadNs = uint64_t{500} * 1000;
  static constexpr size_t kReadBytes = size_t{64} * 1024;  // as events
  static constexpr uint32_t kPacketLimit = uint32_t{128} * 1024 * 1024;
  static constexpr uint16_t kSendMaximum = 20;  // libmosquitto's
  static constexpr uint16_t kReceiveMaximum = 20;
  // Most bytes of messages of QoS 2 that the broker has not released yet.
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
  ConnectionListener& listener_;

  // Ten thousand clients may live in a process: each byte here counts.
  DialTarget target_;
  Rare<std::map<uint16_t, std::string>> aliases_;  // given in this connection, with their topics
  std::chrono::seconds timeout_ = kTimeout;
  std::chrono::steady_clock::time_point attempt_deadline_;    // CONNACK is due by then
  std::chrono::steady_clock::time_point attempt_checked_at_;  // last check of that deadline
  std::chrono::steady_clock::time_point farewell_deadline_;
  uint64_t read_ends_at_ = 0;
  size_t read_ends_with_ = 0;
  uint64_t queued_answers_ = 0;  // bytes, at the last check
  uint32_t packet_limit_ = kPacketLimit;
  int untaken_ = 0;   // bytes that the peer had not acknowledged at the last check
  int ended_rc_ = 0;  // the code that on_disconnect got inside the call of the library
  uint16_t send_maximum_ = kSendMaximum;
  uint16_t keepalive_ = 0;
  uint16_t aside_position_ = 0;  // offset of the input that was put aside behind an AUTH packet
  uint16_t aside_length_ = 0;
  ConnectionPhase phase_;
  bool attempt_extended_ = false;
  bool authenticating_ = false;      // on_ext_auth has not answered yet
  bool has_buffered_input_ = false;  // to be processed without the socket being readable
  bool end_remembered_ = false;      // last_error tells why this connection ends
  bool short_keepalive_ = false;     // the broker's
  bool was_in_handshake_ = false;    // when the library was last told to read or to write
  bool hears_log_ = false;           // libmosquitto's log callback is set
  bool began_plain_ = false;         // this connection was made before TLS was asked for
  bool skips_messages_ = false;      // no JavaScript ran when the newest bytes came
  std::atomic<bool> paused_{false};  // too much is undelivered to read on
};
static_assert(kIsUniqueOwner<Connection>);

}  // namespace libmosquitto
