#include "driver/dialer.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "mosquitto_setup.h"

namespace libmosquitto {
namespace {

// The addresses of a host as getaddrinfo() orders them; returns its code.
int look_up(const std::string& hostname, int flags, std::vector<SocketAddress>& addresses) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* found = nullptr;
  const int code = getaddrinfo(hostname.c_str(), nullptr, &hints, &found);
  if (code != 0) return code;
  for (const addrinfo* info = found; info != nullptr; info = info->ai_next) {
    if (info->ai_family != AF_INET && info->ai_family != AF_INET6) continue;
    SocketAddress address;
    std::memcpy(&address.storage, info->ai_addr, info->ai_addrlen);
    address.length = static_cast<socklen_t>(info->ai_addrlen);
    addresses.push_back(address);
  }
  freeaddrinfo(found);
  return addresses.empty() ? EAI_NONAME : 0;
}

void set_port(SocketAddress& address, int port) {
  const auto network_port = htons(static_cast<uint16_t>(port));
  if (address.storage.ss_family == AF_INET) {
    reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port = network_port;
  } else {
    reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port = network_port;
  }
}

const sockaddr* raw(const SocketAddress& address) { return reinterpret_cast<const sockaddr*>(&address.storage); }

}  // namespace

// What runs on the thread pool. It cannot be stopped there, so it belongs to itself
// and knows its dialer only as long as that exists.
struct Dialer::Resolution {
  uv_work_t request{};
  LoopHost& host;
  Dialer* dialer;
  DialTarget target;
  std::vector<SocketAddress> addresses;
  std::vector<SocketAddress> bind_addresses;
  int code = 0;

  Resolution(Dialer& owner, DialTarget where) : host(owner.host_), dialer(&owner), target(std::move(where)) {
    request.data = this;
  }

  void look_up_all(int flags) {
    code = look_up(target.hostname, flags, addresses);
    if (code == 0 && !target.bind_address.empty()) code = look_up(target.bind_address, flags, bind_addresses);
  }
};

Dialer::Dialer(LoopHost& host, const DialTarget& target, Done done)
    : host_(host), done_(std::move(done)), timeout_(target.timeout) {
  if (target.port == 0) {
    dial_unix(target.hostname);
  } else {
    resolve(target);
  }
}

Dialer::~Dialer() {
  if (resolution_ != nullptr) resolution_->dialer = nullptr;
}

void Dialer::resolve(const DialTarget& target) {
  auto* const resolution = new Resolution(*this, target);
  // Plain addresses need no name server, so they need not wait for a pool that
  // other clients' name servers keep busy.
  resolution->look_up_all(AI_NUMERICHOST);
  if (resolution->code == 0) {
    resolved(*resolution);
    delete resolution;
    return;
  }
  resolution->addresses.clear();
  resolution->bind_addresses.clear();
  resolution_ = resolution;
  host_.opened();
  uv_queue_work(
      host_.loop(), &resolution->request,
      [](uv_work_t* request) { static_cast<Resolution*>(request->data)->look_up_all(0); },
      [](uv_work_t* request, int /*status*/) {
        auto* const ended = static_cast<Resolution*>(request->data);
        LoopHost& ended_host = ended->host;
        if (ended->dialer != nullptr) {
          ended->dialer->resolution_ = nullptr;
          ended->dialer->resolved(*ended);
        }
        delete ended;
        ended_host.ended();
      });
}

void Dialer::resolved(Resolution& resolution) {
  if (resolution.code != 0) {
    finish(MOSQ_ERR_EAI, resolution.code);
    return;
  }
  addresses_ = std::move(resolution.addresses);
  bind_addresses_ = std::move(resolution.bind_addresses);
  for (SocketAddress& address : addresses_) set_port(address, resolution.target.port);
  dial_next();
}

void Dialer::dial_unix(const std::string& path) {
  SocketAddress address;
  auto* const unix_address = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (path.empty() || path.size() >= sizeof unix_address->sun_path) {
    finish(MOSQ_ERR_INVAL, 0);
    return;
  }
  unix_address->sun_family = AF_UNIX;
  std::memcpy(unix_address->sun_path, path.c_str(), path.size() + 1);
  address.length = sizeof(sockaddr_un);
  addresses_.push_back(address);
  dial_next();
}

void Dialer::dial_next() {
  while (next_address_ < addresses_.size()) {
    const int error = dial(addresses_[next_address_++]);
    if (error == 0) return;
    last_error_ = error;
  }
  finish(MOSQ_ERR_ERRNO, last_error_);
}

int Dialer::dial(const SocketAddress& address) {
  begun_ = std::chrono::steady_clock::now();
  fd_ = open_stream_socket(address.storage.ss_family);
  if (!fd_) return errno;

  if (const int error = bind_to_any(address.storage.ss_family); error != 0) return error;

  const int error = ::connect(fd_.get(), raw(address), address.length) == 0 ? 0 : socket_error();
  if (error != 0 && !connects_later(error)) return error;
  // Writable means decided, connected or failed; a connect() that succeeded at once is so too.
  if (!poll_.start(host_, fd_.get(), UV_WRITABLE, [this](int, int) { check_connected(); })) return EMFILE;
  timer_.start(host_, static_cast<uint64_t>(timeout_.count()), 0, [this] { fail_address(ETIMEDOUT); });
  return 0;
}

int Dialer::bind_to_any(int family) {
  if (bind_addresses_.empty()) return 0;
  int error = EADDRNOTAVAIL;
  for (const SocketAddress& from : bind_addresses_) {
    if (from.storage.ss_family != family) continue;
    if (::bind(fd_.get(), raw(from), from.length) == 0) return 0;
    error = socket_error();
  }
  return error;
}

void Dialer::check_connected() {
  if (const int error = pending_error(fd_.get()); error != 0) {
    fail_address(error);
    return;
  }
  finish(MOSQ_ERR_SUCCESS, 0);
}

void Dialer::fail_address(int error) {
  last_error_ = error;
  poll_.close();
  timer_.stop();
  dial_next();
}

void Dialer::finish(int rc, int error) {
  poll_.close();
  if (rc != MOSQ_ERR_SUCCESS) fd_.reset();
  // By way of the timer: this may still be the constructor.
  timer_.start(host_, 0, 0, [this, rc, error] {
    const Done done = std::move(done_);
    DialResult result;
    result.fd = std::move(fd_);
    result.rc = rc;
    result.error = error;
    result.begun = begun_;
    done(std::move(result));  // may destroy this dialer
  });
}

}  // namespace libmosquitto
