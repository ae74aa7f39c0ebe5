// Resolves a host name without blocking the loop. It uses uv_getaddrinfo(), as Node does, which libuv counts as slow
// work. A dead name server therefore blocks at most half of libuv's thread pool, and files are still read meanwhile.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "driver/loop_host.h"
#include "system_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

// Appends the address when `name` is an address in text form. Returns false for a name.
bool spelled_out(const std::string& name, std::vector<SocketAddress>& addresses);

class NameLookup {
 public:
  // `code`: 0, or one of EAI_*.
  using Done = std::function<void(int code, std::vector<SocketAddress> addresses)>;

  NameLookup() = default;
  ~NameLookup() { cancel(); }
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // To be used on the loop's thread only. Returns 0, and `done` is called later unless this was destroyed. Otherwise
  // returns one of EAI_*, and `done` is not called.
  int start(LoopHost& host, const std::string& name, Done done);
  // A look-up that is queued in the thread pool ends at once. A running one cannot be stopped, and its result is
  // dropped.
  void cancel();

 private:
  struct Request;
  Request* request_ = nullptr;
};
static_assert(kIsUniqueOwner<NameLookup>);

}  // namespace libmosquitto
