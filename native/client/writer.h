// Decides when the packets that JavaScript queues are written, and by which thread. There is one policy for each way in
// which a client is driven.
//
// JavaScript's thread only.
#pragma once

#include <utility>

#include "client/background_loop.h"
#include "client/connection.h"
#include "client/session.h"
#include "driver/send_burst.h"
#include "unique_owner.h"

namespace libmosquitto {

class Writer {
 public:
  Writer(Connection& connection, BackgroundLoop& loop) : connection_(connection), loop_(loop) {}
  ~Writer() = default;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // The handle itself is always in threaded mode. The setting decides whether publish() and the like write to the
  // socket at once while no loop runs.
  int threaded_set(bool threaded);

  // Called after a call that may have queued a packet.
  void packet_queued(SendBurst::Packet packet = SendBurst::Packet::kPlain);
  // The turn of the event loop that queued packets is over.
  void turn_ended();
  // The loop ends. Returns true while some packets are not written yet.
  bool end_burst() { return burst_.end(); }

  // JavaScript's handlers run, or have returned.
  void set_delivering(bool delivering) { delivering_ = delivering; }
  [[nodiscard]] bool delivering() const { return delivering_; }

  // Stores the result of a step outside of loop(), which the next loop() returns.
  void set_result(int rc) { result_ = rc; }
  int take_result() { return std::exchange(result_, 0); }
  void reset();

 private:
  enum class Policy {
    kNetworkThread,   // this thread writes in groups; the network thread writes what is left
    kEventLoop,       // the loop writes when the handlers have returned; this thread writes large groups before
    kCaller,          // this thread writes at once; in a handler as with kEventLoop
    kCallerThreaded,  // loop() writes
  };
  [[nodiscard]] Policy policy() const;
  void write_in_groups(SendBurst::Packet packet);
  void write_ahead(SendBurst::Packet packet);
  void write_at_once();
  void write_beside();

  [[nodiscard]] Session& session() const { return connection_.session(); }

  Connection& connection_;
  BackgroundLoop& loop_;
  SendBurst burst_;
  int result_ = 0;
  bool threaded_ = false;
  bool delivering_ = false;
};
static_assert(kIsUniqueOwner<Writer>);

}  // namespace libmosquitto
