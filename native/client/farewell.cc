// From disconnect() to the end of the connection: what is queued leaves, then DISCONNECT, and the peer closes.
#include <array>
#include <cerrno>
#include <utility>

#include "client/client.h"
#include "client/openssl.h"
#include "system_setup.h"

namespace libmosquitto {
namespace {

// How long the peer may take nothing of what it is sent, or, after DISCONNECT, may keep the connection open.
constexpr std::chrono::milliseconds kDisconnectGrace{2000};
// One call drops no more input than this.
constexpr int kMostReads = 64;

// True when the stream has ended and nothing of it is left.
bool drop_input(int fd) {
  std::array<char, 16384> bytes{};
  for (int reads = 0; reads < kMostReads; reads++) {
    const long length = receive(fd, bytes.data(), bytes.size());
    if (length > 0) continue;
    if (length < 0 && socket_error() == EINTR) return false;
    return length == 0 || !would_block(socket_error());
  }
  return false;
}

}  // namespace

void Client::extend_farewell() {
  disconnect_deadline_ = std::chrono::steady_clock::now() + kDisconnectGrace;
  unacknowledged_ = unacknowledged_bytes(mosquitto_socket(handle_));
}

// libmosquitto takes input after disconnect() for a protocol error, and would close the connection before the backlog
// and DISCONNECT are written: the broker would publish the will. The input is read all the same, since a peer that
// cannot send may not read either, and is dropped. OpenSSL alone takes the rest of a handshake message, as long as it
// needs that in order to write. Returns true at the end of the stream, which libmosquitto then meets.
bool Client::drops_to_end() {
  if (!disconnect_written_) write_queued();
  const int fd = mosquitto_socket(handle_);
  const bool drops = disconnect_written_ || !tls_awaits_peer(handle_);
  if (fd >= 0 && drops && drop_input(fd)) {
    end_tls_input(handle_);
    return true;
  }
  errno = EAGAIN;
  return false;
}

// Writes only when the socket has room: each write then shows that the peer has taken something. Where OpenSSL needs
// the rest of a handshake message first, it reads that, and writes nothing before it has all of it.
int Client::write_farewell() {
  const bool has_room = wait_ready(mosquitto_socket(handle_), POLLOUT, 0) != 0;
  if (!has_room && !tls_awaits_peer(handle_)) return MOSQ_ERR_SUCCESS;
  errno = 0;
  const int rc = checked(mosquitto_loop_write(handle_, 1));
  if (rc == MOSQ_ERR_SUCCESS && !would_block(errno)) disconnect_written_ = true;
  if (has_room && !tls_awaits_peer(handle_)) extend_farewell();
  return rc;
}

// The keepalive no longer counts. A buffer of the socket that shrinks shows that the peer takes something. After the
// deadline reading finds the end of the stream.
void Client::check_farewell() {
  // JavaScript that keeps the event loop until the deadline has kept DISCONNECT from being written.
  const auto passed = [&] { return std::chrono::steady_clock::now() >= disconnect_deadline_; };
  if (!disconnect_written_ && passed()) write_farewell();
  const int fd = mosquitto_socket(handle_);
  const int before = std::exchange(unacknowledged_, unacknowledged_bytes(fd));
  if (unacknowledged_ < before) extend_farewell();
  if (fd < 0 || !passed()) return;
  ::shutdown(fd, kShutBoth);
  disconnect_written_ = true;
}

}  // namespace libmosquitto
