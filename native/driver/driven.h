// The interface through which a Link calls the client that it drives. All methods are called on the thread of the
// link's loop.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "driver/dialer.h"
#include "unique_owner.h"

namespace libmosquitto {

// The state of the socket and of the events after a step, as the link needs it.
struct Traffic {
  int fd = -1;             // -1: not connected
  int events = 0;          // UV_READABLE | UV_WRITABLE: what to poll for
  bool more = false;       // read() may have more to read at once
  size_t undelivered = 0;  // bytes of events
  bool due = false;        // JavaScript is to be woken for them
  bool accepted = false;   // the peer has accepted the connection
  bool buffered = false;   // there is input that the socket does not show
  bool hurried = false;    // tick() is wanted more often than each second
};

// A read takes all input, or only the bytes that were read from the socket before.
enum class Reads { kAll, kLeftovers };

// The outcome of an attempt to connect.
struct Dialled {
  enum class Kind {
    kConnected,  // the socket is to be watched
    kDropped,    // nobody wants the connection any more
    kRetry,      // it has failed; the next attempt begins after `delay_ms`
    kFinal,      // it has failed, and the loop ends
  };
  Kind kind = Kind::kDropped;
  uint64_t delay_ms = 0;
};

class Driven {
 public:
  Driven() = default;
  virtual ~Driven() = default;
  Driven(const Driven&) = delete;
  Driven& operator=(const Driven&) = delete;

  // Steps of the traffic. Each returns the state after it.
  virtual Traffic read(Reads reads) = 0;
  virtual Traffic write() = 0;
  virtual Traffic tick() = 0;
  virtual Traffic traffic() = 0;

  // Returns true when there is to be a connection, and sets its place.
  virtual bool wants_connection(DialTarget& target) = 0;
  // Returns true when JavaScript was asked for the servers: the attempt begins with Link::looked_up().
  virtual bool looks_up() = 0;
  // The look-up of the servers has failed. Returns the delay before the next attempt in milliseconds.
  virtual uint64_t look_up_failed(const std::string& failure) = 0;
  // Returns true when JavaScript is told first: the attempt begins with Link::go_ahead(). JavaScript is always told of
  // an attempt that it has asked for: on_pre_connect may be assigned in the same turn.
  virtual bool announce_attempt(bool called_for) = 0;
  virtual Dialled dialled(DialResult result) = 0;
  // The connection has ended. Returns the delay before the next attempt in milliseconds.
  virtual uint64_t connection_lost() = 0;
  // Nothing is left to drive.
  virtual void finished() = 0;

  // Delivers events at once, where the loop's thread is JavaScript's.
  virtual void deliver() = 0;
  // There are events, or the loop is over.
  virtual void events_ready() = 0;
  // Drops the events that nobody listens to.
  virtual void forget_unheard() = 0;
};
static_assert(kIsUniqueOwner<Driven>);

}  // namespace libmosquitto
