#include "driver/dialer.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "mosquitto_setup.h"

namespace libmosquitto {
namespace {

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

Dialer::Dialer(LoopHost& host, const DialTarget& target, Done done)
    : host_(host), done_(std::move(done)), timeout_(target.timeout) {
  if (target.port == 0) {
    dial_unix(target.hostname);
  } else {
    resolve(target);
  }
}

// An address needs no name server. It does not use the thread pool, which look-ups of other clients may fill.
void Dialer::resolve(const DialTarget& target) {
  port_ = target.port;
  const std::string& from = target.bind_address;
  const auto resolve_bind_address = [this, from] {
    if (from.empty() || spelled_out(from, bind_addresses_)) {
      resolved();
    } else {
      look_up(from, bind_addresses_, [this] { resolved(); });
    }
  };
  if (spelled_out(target.hostname, addresses_)) {
    resolve_bind_address();
  } else {
    look_up(target.hostname, addresses_, resolve_bind_address);
  }
}

void Dialer::look_up(const std::string& name, std::vector<SocketAddress>& addresses, std::function<void()> then) {
  const auto done = [this, &addresses, next = std::move(then)](int code, std::vector<SocketAddress> found) {
    if (code != 0) {
      finish(MOSQ_ERR_EAI, code);
      return;
    }
    addresses = std::move(found);
    next();
  };
  if (const int code = lookup_.start(host_, name, done); code != 0) finish(MOSQ_ERR_EAI, code);
}

void Dialer::resolved() {
  for (SocketAddress& address : addresses_) set_port(address, port_);
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
  // The socket is writable when the attempt has succeeded or failed, and also when connect() succeeded at once.
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
  // `done` is called by the timer, because this may still be the constructor.
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
