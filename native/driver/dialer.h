// Makes one TCP or unix connection. It resolves the name, then tries each address in turn with non-blocking connects on
// the loop, each with a time limit. It never blocks the loop, and can be dropped at any moment.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "driver/loop_host.h"
#include "driver/name_lookup.h"
#include "driver/uv_handle.h"
#include "system_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

// The place to connect to. Port 0: hostname is the path of a unix socket, as in libmosquitto.
struct DialTarget {
  std::string hostname;
  int port = 0;
  std::string bind_address;                  // empty: any
  std::chrono::milliseconds timeout{30000};  // for each address
};

struct DialResult {
  UniqueFd fd;                                  // connected, non-blocking, close-on-exec
  int rc = 0;                                   // MOSQ_ERR_SUCCESS, MOSQ_ERR_EAI, MOSQ_ERR_ERRNO
  int error = 0;                                // errno, or the EAI_* code
  std::chrono::steady_clock::time_point begun;  // when the address that is connected was first tried
};
static_assert(kIsUniqueOwner<DialResult>);

class Dialer {
 public:
  using Done = std::function<void(DialResult)>;

  // To be used on the loop's thread only. `done` is called once, never inside the constructor, and not after the dialer
  // was destroyed; it may destroy the dialer.
  Dialer(LoopHost& host, const DialTarget& target, Done done);
  ~Dialer() = default;
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

 private:
  void resolve(const DialTarget& target);
  void look_up(const std::string& name, std::vector<SocketAddress>& addresses, std::function<void()> then);
  void resolved();
  void dial_unix(const std::string& path);
  void dial_next();
  // Returns 0 when connecting or connected, else errno.
  int dial(const SocketAddress& address);
  int bind_to_any(int family);
  void check_connected();
  void fail_address(int error);
  void finish(int rc, int error);

  LoopHost& host_;
  Done done_;
  const std::chrono::milliseconds timeout_;
  NameLookup lookup_;
  int port_ = 0;
  std::vector<SocketAddress> addresses_;
  std::vector<SocketAddress> bind_addresses_;
  size_t next_address_ = 0;
  int last_error_ = 0;
  std::chrono::steady_clock::time_point begun_;
  UniqueFd fd_;
  UvPoll poll_;
  UvTimer timer_;
};
static_assert(kIsUniqueOwner<Dialer>);

}  // namespace libmosquitto
