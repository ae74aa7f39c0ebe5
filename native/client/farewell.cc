// The end of a connection after disconnect(): the queued packets leave, then DISCONNECT, and the peer closes.
#include <array>
#include <cerrno>
#include <utility>

#include "client/connection.h"
#include "client/openssl.h"
#include "system_setup.h"

namespace libmosquitto {
namespace {

// How long the peer may take none of the bytes that are sent, or may leave the connection open after DISCONNECT.
constexpr std::chrono::milliseconds kDisconnectGrace{2000};
// One call drops no more input than this.
constexpr int kMostReads = 64;

// Returns true when the stream has ended and nothing of it is left.
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

void Connection::extend_farewell() {
  farewell_deadline_ = std::chrono::steady_clock::now() + kDisconnectGrace;
  untaken_ = unacknowledged_bytes(session_.socket());
}

// libmosquitto takes input after disconnect() for a protocol error. It would close the connection before the backlog
// and DISCONNECT are written, and the broker would publish the will. The input is nevertheless read, since a peer that
// cannot send may not read either, and is dropped. OpenSSL alone gets the rest of a handshake message, as long as it
// needs that in order to write. Returns true at the end of the stream, which libmosquitto then reads.
bool Connection::drops_to_end() {
  if (!phase_.left()) write_queued();
  const int fd = session_.socket();
  const bool drops = phase_.left() || !tls_awaits_peer(session_.handle());
  if (fd >= 0 && drops && drop_input(fd)) {
    end_tls_input(session_.handle());
    return true;
  }
  errno = EAGAIN;
  return false;
}

// Writes only when the socket has room: each write then shows that the peer has taken something. When OpenSSL needs the
// rest of a handshake message first, it reads that, and writes nothing before it has all of it.
int Connection::write_farewell() {
  const bool has_room = wait_ready(session_.socket(), POLLOUT, 0) != 0;
  if (!has_room && !tls_awaits_peer(session_.handle())) return MOSQ_ERR_SUCCESS;
  errno = 0;
  const int rc = session_.checked(mosquitto_loop_write(session_.handle(), 1));
  if (rc == MOSQ_ERR_SUCCESS && !would_block(errno)) phase_.write_disconnect();
  if (has_room && !tls_awaits_peer(session_.handle())) extend_farewell();
  return rc;
}

// The keepalive no longer counts. A shrinking send buffer of the socket shows that the peer takes something. The socket
// is shut down at the deadline, and reading finds the end of the stream.
void Connection::check_farewell() {
  // JavaScript that blocks the event loop until the deadline has prevented DISCONNECT from being written.
  const auto passed = [&] { return std::chrono::steady_clock::now() >= farewell_deadline_; };
  if (!phase_.left() && passed()) write_farewell();
  const int fd = session_.socket();
  const int before = std::exchange(untaken_, unacknowledged_bytes(fd));
  if (untaken_ < before) extend_farewell();
  if (fd < 0 || !passed()) return;
  ::shutdown(fd, kShutBoth);
  phase_.write_disconnect();
}

}  // namespace libmosquitto
