// Drives one client on a libuv loop, while the client's background loop runs. It polls the socket, tells the client
// when to read, to write and to check the time, and connects again when the connection is lost.
//
// All of it runs on the loop's thread. mosquitto_loop() and libmosquitto's own thread are not used: they call select(),
// which cannot take descriptors above 1024, and they end for good on errors after which a reconnection would help.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "driver/dialer.h"
#include "driver/driven.h"
#include "driver/loop_host.h"
#include "driver/uv_handle.h"
#include "unique_owner.h"

namespace libmosquitto {

class Link final : public LoopTask, public std::enable_shared_from_this<Link> {
 public:
  // `delivers`: the loop's thread is the JavaScript thread. Events are then delivered at once, and acknowledgements
  // leave after their handlers have returned.
  Link(LoopHost& host, Driven& driven, bool delivers);

  LoopHost& host() { return host_; }
  [[nodiscard]] bool delivers() const { return delivers_; }

  void open();
  // Stops for good; the driven client may be destroyed afterwards.
  void close();
  // Stops polling the socket and drops an attempt to connect, while another thread connects.
  void suspend();
  // Polls the socket again, or makes the connection that the client is to have.
  void resume();

  // The attempt that was announced to JavaScript may begin.
  void go_ahead();
  // The servers that JavaScript was asked for are known; otherwise `failure` tells why not.
  void looked_up(const std::string& failure);

  // JavaScript thread: tells the link that there is something to write, or that something has changed.
  void wake();
  // JavaScript thread, after a packet was queued: true when the link looks at the queue within milliseconds without
  // being woken.
  [[nodiscard]] bool looks_again() const { return looks_again_.load(std::memory_order_relaxed); }
  void run_on_loop() override;

 private:
  void let_go();
  void watch();
  void on_ready(int status, int events);
  void read(Reads reads);
  void flush();
  void flush_again();
  void start_ticker(bool hurried);
  void tick();
  void dial();
  void make_connection();
  void dialled(DialResult result);
  void retry_after(uint64_t delay_ms);
  // Applies the state in which the client's last step has left the socket.
  enum class Next { kPoll, kFlush };
  void follow(const Traffic& traffic, Next next = Next::kPoll);
  void report(const Traffic& traffic);
  void after_loss();

  LoopHost& host_;
  Driven& driven_;
  const bool delivers_;
  bool open_ = false;
  bool suspended_ = false;
  bool online_ = false;  // a socket is being watched
  bool lost_ = false;    // the socket was lost in this turn
  bool accepted_ = false;
  bool called_for_ = false;   // JavaScript asked for the next attempt to connect
  bool hurried_ = false;      // the ticker is fast
  bool writes_next_ = false;  // what handlers queue is written when they have returned
  enum class Awaits { kNothing, kServers, kGoAhead };
  Awaits awaits_ = Awaits::kNothing;  // the answer of JavaScript that an attempt needs
  std::unique_ptr<Dialer> dialer_;
  UvPoll poll_;
  UvTimer ticker_;
  UvTimer retry_;
  UvTimer again_;
  std::atomic<bool> looks_again_{false};  // again_ runs
};
static_assert(kIsUniqueOwner<Link>);

}  // namespace libmosquitto
