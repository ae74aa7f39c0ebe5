#include "driver/name_lookup.h"

#include <cstring>
#include <memory>
#include <utility>

namespace libmosquitto {
namespace {

addrinfo hints_with(int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  return hints;
}

void append(const addrinfo* found, std::vector<SocketAddress>& addresses) {
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    if (info->ai_family != AF_INET && info->ai_family != AF_INET6) continue;
    SocketAddress address;
    std::memcpy(&address.storage, info->ai_addr, info->ai_addrlen);
    address.length = static_cast<socklen_t>(info->ai_addrlen);
    addresses.push_back(address);
  }
}

// Returns the system's code for one of libuv's.
int system_code(int code) {
  switch (code) {
    case 0:
      return 0;
    case UV_EAI_AGAIN:
      return EAI_AGAIN;
    case UV_EAI_BADFLAGS:
      return EAI_BADFLAGS;
    case UV_EAI_FAIL:
      return EAI_FAIL;
    case UV_EAI_FAMILY:
      return EAI_FAMILY;
    case UV_EAI_MEMORY:
    case UV_ENOMEM:
      return EAI_MEMORY;
#if defined(EAI_NODATA) && EAI_NODATA != EAI_NONAME
    case UV_EAI_NODATA:
      return EAI_NODATA;
#endif
#ifdef EAI_ADDRFAMILY
    case UV_EAI_ADDRFAMILY:
      return EAI_ADDRFAMILY;
#endif
    case UV_EAI_SERVICE:
      return EAI_SERVICE;
    case UV_EAI_SOCKTYPE:
      return EAI_SOCKTYPE;
#ifdef EAI_SYSTEM
    // libuv reports the system's own error in place of EAI_SYSTEM.
    case UV_EMFILE:
    case UV_ENFILE:
    case UV_EIO:
      return EAI_SYSTEM;
#endif
    default:
      // The text is no name: it is too long, or not a valid international name.
      return EAI_NONAME;
  }
}

}  // namespace

bool spelled_out(const std::string& name, std::vector<SocketAddress>& addresses) {
  const addrinfo hints = hints_with(AI_NUMERICHOST);
  addrinfo* found = nullptr;
  if (getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return false;
  append(found, addresses);
  freeaddrinfo(found);
  return !addresses.empty();
}

// A request cannot be stopped while it runs. It therefore owns itself, and refers to its owner only while that exists.
struct NameLookup::Request {
  uv_getaddrinfo_t request{};
  LoopHost& host;
  NameLookup* owner;
  Done done;

  Request(LoopHost& on, NameLookup& by, Done then) : host(on), owner(&by), done(std::move(then)) {
    request.data = this;
  }

  void end(int status, const addrinfo* found) {
    if (owner == nullptr) return;
    owner->request_ = nullptr;
    std::vector<SocketAddress> addresses;
    if (status == 0) append(found, addresses);
    int code = system_code(status);
    if (code == 0 && addresses.empty()) code = EAI_NONAME;
    // This call may destroy the owner.
    done(code, std::move(addresses));
  }
};

int NameLookup::start(LoopHost& host, const std::string& name, Done done) {
  cancel();
  auto request = std::make_unique<Request>(host, *this, std::move(done));
  const addrinfo hints = hints_with(0);
  const int failure = uv_getaddrinfo(
      host.loop(), &request->request,
      [](uv_getaddrinfo_t* ended, int status, addrinfo* found) {
        const std::unique_ptr<Request> self(static_cast<Request*>(ended->data));
        LoopHost& its_host = self->host;
        self->end(status, found);
        uv_freeaddrinfo(found);
        its_host.ended();
      },
      name.c_str(), nullptr, &hints);
  if (failure != 0) return system_code(failure);
  host.opened();
  request_ = request.release();
  return 0;
}

void NameLookup::cancel() {
  if (request_ == nullptr) return;
  Request* const request = std::exchange(request_, nullptr);
  request->owner = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&request->request));
}

}  // namespace libmosquitto
