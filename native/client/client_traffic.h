// A client's socket and events, as its link has to know them after each step.
#pragma once

#include <cstddef>

namespace libmosquitto {

struct ClientTraffic {
  int fd = -1;             // -1: not connected
  int events = 0;          // UV_READABLE | UV_WRITABLE: what to wait for
  bool more = false;       // read() may have more to read at once
  size_t undelivered = 0;  // bytes of events
  bool due = false;        // ... for which JavaScript is to be woken
  bool accepted = false;   // the broker's CONNACK was 0
  bool waiting = false;    // there is input that the socket does not show
  bool hurried = false;    // misc() is wanted more often than each second
};

}  // namespace libmosquitto
