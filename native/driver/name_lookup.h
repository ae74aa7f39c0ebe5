// Looks a host name up without blocking the loop, as Node does: by uv_getaddrinfo(), which libuv counts as slow work. A
// dead name server may keep half of libuv's thread pool waiting and no more, so that files are still read meanwhile.
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

// Appends the address that `name` spells out. False: it is a name.
bool spelled_out(const std::string& name, std::vector<SocketAddress>& addresses);

class NameLookup {
 public:
  // `code`: 0, or one of EAI_*.
  using Done = std::function<void(int code, std::vector<SocketAddress> addresses)>;

  NameLookup() = default;
  ~NameLookup() { cancel(); }
  NameLookup(const NameLookup&) = delete;
  NameLookup& operator=(const NameLookup&) = delete;

  // All on the loop's thread. Returns 0, and `done` is called later, unless this is gone; or returns one of EAI_*, and
  // it is not called.
  int start(LoopHost& host, const std::string& name, Done done);
  // A look-up that waits for its turn in the thread pool ends at once; one that runs cannot be stopped, and is not
  // told.
  void cancel();

 private:
  struct Request;
  Request* request_ = nullptr;
};
static_assert(kIsUniqueOwner<NameLookup>);

}  // namespace libmosquitto
