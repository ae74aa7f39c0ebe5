#include "driver/link.h"

#include <utility>

namespace libmosquitto {
namespace {

// A client is read from for this long in one turn of the loop: other clients of the same loop, timers and JavaScript
// get their turn in between.
constexpr uint64_t kReadingNs = uint64_t{500} * 1000;
// This much is read before the handlers run and the clock is read, when the loop's thread is JavaScript's.
constexpr size_t kDeliveredBytes = size_t{32} * 1024;
// The keepalive is counted in seconds.
constexpr uint64_t kTickMs = 1000;
// A broker that asks for a ping each second or two gets a shorter tick.
constexpr uint64_t kHurriedTickMs = 400;
// The longest delay of packets that JavaScript queues in a turn that does not end.
constexpr uint64_t kFlushAgainMs = 5;

}  // namespace

Link::Link(LoopHost& host, Driven& driven, bool delivers) : host_(host), driven_(driven), delivers_(delivers) {}

void Link::open() {
  open_ = true;
  start_ticker(false);
  resume();
}

void Link::start_ticker(bool hurried) {
  hurried_ = hurried;
  const uint64_t period = hurried ? kHurriedTickMs : kTickMs;
  ticker_.start(host_, period, period, [this] { tick(); });
}

void Link::close() {
  open_ = false;
  let_go();
  ticker_.close();
  retry_.close();
  again_.close();
}

void Link::let_go() {
  online_ = lost_ = false;
  awaits_ = Awaits::kNothing;
  poll_.close();
  dialer_.reset();
  retry_.stop();
  again_.stop();
  looks_again_ = false;
}

void Link::suspend() {
  suspended_ = true;
  let_go();
}

void Link::resume() {
  suspended_ = false;
  if (!open_) return;
  if (driven_.traffic().fd >= 0) {
    watch();
  } else {
    called_for_ = true;
    dial();
  }
}

void Link::watch() {
  const Traffic traffic = driven_.traffic();
  if (traffic.fd < 0) return;
  online_ = true;
  called_for_ = false;
  accepted_ = traffic.accepted;
  if (traffic.buffered) host_.wake(*this);
  poll_.start(host_, traffic.fd, traffic.events, [this](int status, int events) { on_ready(status, events); });
}

void Link::on_ready(int status, int events) {
  const std::shared_ptr<Link> alive = shared_from_this();
  // By reading, the library finds what is wrong with the descriptor. libmosquitto 2.0 also continues a TLS handshake by
  // reading only.
  if (status < 0 || (events & UV_READABLE) != 0 || !accepted_) {
    read(Reads::kAll);
  } else {
    flush();
    // Input was not read while the peer did not take its answers.
    if (open_ && online_ && driven_.traffic().buffered) host_.wake(*this);
  }
  after_loss();
}

void Link::read(Reads reads) {
  const auto over = [begun = uv_hrtime()] { return uv_hrtime() - begun >= kReadingNs; };
  bool writes = false;
  bool buffered = false;
  for (bool last = false; !last;) {
    const Traffic traffic = driven_.read(reads);
    buffered = traffic.buffered;
    last = !traffic.more || over();
    const bool full = delivers_ && traffic.undelivered >= kDeliveredBytes;
    if (!last && !full) continue;
    // On the network thread, JavaScript wakes this thread for packets that it queues later. Looking at the queue again
    // would only wait for the lock.
    writes = delivers_ || (traffic.events & UV_WRITABLE) != 0;
    follow(traffic, writes ? Next::kFlush : Next::kPoll);
    // On the JavaScript thread the handlers run here, before the flush. They may close the connection, or this link.
    writes_next_ = delivers_;
    report(traffic);
    writes_next_ = false;
    last = last || !open_ || !online_ || over();
  }
  if (writes && open_ && online_) flush();
  // Input is left that was read from the socket: there was no time for it, or it followed an AUTH packet that a handler
  // has answered. wake() had no effect then.
  if (open_ && online_ && (delivers_ ? driven_.traffic().buffered : buffered)) host_.wake(*this);
}

void Link::flush() {
  const Traffic traffic = driven_.write();
  follow(traffic);
  report(traffic);
}

// JavaScript writes its packets itself, many together or when its turn ends (SendBurst). This flush bounds their delay
// in a turn that computes for seconds.
void Link::flush_again() {
  if (looks_again_ || !open_ || !online_) return;
  again_.start(host_, kFlushAgainMs, 0, [this] {
    const std::shared_ptr<Link> alive = shared_from_this();
    // Set before the queue is read: JavaScript wakes this thread for a packet that is queued too late to be seen.
    looks_again_ = false;
    if (open_ && online_ && (driven_.traffic().events & UV_WRITABLE) != 0) {
      flush();
      flush_again();
    }
    after_loss();
  });
  looks_again_ = again_.is_open();  // false when there was no memory for it
}

void Link::tick() {
  const std::shared_ptr<Link> alive = shared_from_this();
  if (online_) {
    if (!poll_.is_open()) watch();  // there was no memory for it
    Traffic traffic = driven_.tick();
    follow(traffic);
    if (traffic.hurried != hurried_) start_ticker(traffic.hurried);
    // Events that wake nobody are reported too: no event stays undelivered for longer than this.
    traffic.due = traffic.undelivered > 0;
    report(traffic);
    // With libmosquitto 2.0 this step may have read messages: their acknowledgements leave now.
    if (open_ && online_ && (traffic.events & UV_WRITABLE) != 0) flush();
  }
  after_loss();
}

// A packet that a handler of this link queues is written once the handler has returned: no wake-up is needed.
void Link::wake() {
  if (!writes_next_ || !online_) host_.wake(*this);
}

void Link::run_on_loop() {
  const std::shared_ptr<Link> alive = shared_from_this();
  // While suspended the socket may be open and not polled: resume() looks at it.
  if (!open_ || suspended_) return;
  if (online_) {
    // This comes first: JavaScript wakes this thread until its timer runs.
    if (!delivers_) flush_again();
    flush();
    // Input was left because there was no time for it, or because it followed an AUTH packet; it comes after the answer
    // to that. No more is read: when there is more, the socket is readable in this same turn.
    if (open_ && online_ && driven_.traffic().buffered) read(Reads::kLeftovers);
  } else {
    // disconnect() ends the attempts to connect.
    DialTarget target;
    if (!driven_.wants_connection(target)) {
      let_go();
      lost_ = true;
    }
    report(driven_.traffic());
  }
  after_loss();
}

void Link::follow(const Traffic& traffic, Next next) {
  accepted_ = traffic.accepted;
  if (traffic.fd >= 0) {
    // Each change costs two system calls.
    if (next == Next::kPoll) poll_.update(traffic.events);
  } else if (online_) {
    // This happens at once, because the number of a closed descriptor may be used again.
    poll_.close();
    online_ = false;
    lost_ = true;
  }
}

void Link::report(const Traffic& traffic) {
  if (!open_) return;
  if (!delivers_) {
    if (traffic.due) driven_.events_ready();
  } else if (traffic.due) {
    driven_.deliver();
  } else if (traffic.undelivered > 0) {
    driven_.forget_unheard();
  }
}

// The handlers have run by now: they may have connected anew, or disconnected.
void Link::after_loss() {
  if (!open_ || !lost_) return;
  lost_ = false;
  if (online_ || dialer_ || awaits_ != Awaits::kNothing) return;
  DialTarget target;
  if (driven_.wants_connection(target)) {
    retry_after(driven_.connection_lost());
  } else {
    driven_.finished();
    driven_.events_ready();
  }
}

void Link::dial() {
  DialTarget target;
  if (!driven_.wants_connection(target)) {
    driven_.finished();
    driven_.events_ready();
    return;
  }
  if (driven_.looks_up()) {
    awaits_ = Awaits::kServers;
    driven_.events_ready();
    return;
  }
  if (driven_.announce_attempt(std::exchange(called_for_, false))) {
    awaits_ = Awaits::kGoAhead;
    driven_.events_ready();
    return;
  }
  make_connection();
}

void Link::go_ahead() {
  if (!open_ || awaits_ != Awaits::kGoAhead) return;
  awaits_ = Awaits::kNothing;
  make_connection();
}

void Link::looked_up(const std::string& failure) {
  const std::shared_ptr<Link> alive = shared_from_this();
  if (!open_ || awaits_ != Awaits::kServers) return;
  awaits_ = Awaits::kNothing;
  if (failure.empty()) {
    dial();
    return;
  }
  retry_after(driven_.look_up_failed(failure));
}

void Link::make_connection() {
  DialTarget target;
  if (!driven_.wants_connection(target)) return;
  dialer_ = std::make_unique<Dialer>(host_, target, [this](DialResult result) { dialled(std::move(result)); });
}

void Link::dialled(DialResult result) {
  const std::shared_ptr<Link> alive = shared_from_this();
  dialer_.reset();
  const Dialled outcome = driven_.dialled(std::move(result));
  switch (outcome.kind) {
    case Dialled::Kind::kConnected:
      watch();
      lost_ = !online_;  // a handshake that failed at once
      report(driven_.traffic());
      after_loss();
      break;
    case Dialled::Kind::kDropped:
      lost_ = true;
      after_loss();
      break;
    case Dialled::Kind::kRetry:
      retry_after(outcome.delay_ms);
      break;
    case Dialled::Kind::kFinal:
      driven_.events_ready();
      break;
  }
}

void Link::retry_after(uint64_t delay_ms) {
  retry_.start(host_, delay_ms, 0, [this] { dial(); });
  report(driven_.traffic());
}

}  // namespace libmosquitto
