// loop(), loop_read(), loop_write(), loop_misc(): the program drives the client by its own loop.
#include <algorithm>
#include <cerrno>
#include <mutex>
#include <optional>
#include <utility>

#include "client/client.h"
#include "system_setup.h"

namespace libmosquitto {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Memory that was not used for this time is freed, however often the caller runs the loop.
constexpr std::chrono::seconds kShrinkAfter{1};

// Waits for a connection. Returns nothing when the time is over, or when this thread is to end.
std::optional<DialResult> Client::await(DialJob& dial, std::optional<milliseconds> timeout) {
  const auto began = steady_clock::now();
  for (;;) {
    const auto waited = steady_clock::now() - began;
    auto slice = kAttention;
    if (timeout) slice = std::clamp(std::chrono::ceil<milliseconds>(*timeout - waited), milliseconds(0), kAttention);
    std::optional<DialResult> result = dial.wait_for(slice);
    if (result || (timeout && slice < kAttention) || session_.owner().ending()) return result;
  }
}

// Takes the outcome of connect_async(). Returns MOSQ_ERR_CONN_PENDING while there is none.
int Client::pump_dial(milliseconds timeout) {
  {
    const std::lock_guard lock(session_.mutex());
    if (servers_->pending()) return MOSQ_ERR_CONN_PENDING;
  }
  if (std::exchange(dial_wanted_, false)) {
    std::optional<int32_t> question;
    {
      const std::lock_guard lock(session_.mutex());
      question = choose_server();
    }
    if (question) {
      session_.owner().look_up(*question, servers_->domain());
      return MOSQ_ERR_CONN_PENDING;
    }
    if (session_.wanted(EventKind::kPreConnect)) session_.owner().pre_connect();
    if (session_.destroyed()) return MOSQ_ERR_INVAL;
    dial_ = DialJob::start(session_.owner().network_thread(), connection_.dial_target());
  }
  if (dial_ == nullptr) return MOSQ_ERR_SUCCESS;
  std::optional<DialResult> result = await(*dial_, timeout);
  if (!result) return MOSQ_ERR_CONN_PENDING;
  dial_.reset();
  if (result->rc != MOSQ_ERR_SUCCESS && servers_->has_next()) {
    {
      const std::lock_guard lock(session_.mutex());
      delay_after_failure(result->rc, result->error);
    }
    dial_wanted_ = true;
    return MOSQ_ERR_CONN_PENDING;
  }
  return finish_dial(std::move(*result));
}

int Client::poll_socket(int timeout_ms, int max_packets, bool& readable) {
  readable = false;
  if (max_packets < 1) return MOSQ_ERR_INVAL;
  if (timeout_ms < 0) timeout_ms = 1000;
  const auto end = steady_clock::now() + milliseconds(timeout_ms);
  const auto left = [end] {
    return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(end - steady_clock::now()));
  };

  const int dialled = pump_dial(left());
  if (dialled == MOSQ_ERR_CONN_PENDING) return MOSQ_ERR_SUCCESS;
  if (dialled != MOSQ_ERR_SUCCESS) return dialled;
  if (const int rc = writer_.take_result(); rc != MOSQ_ERR_SUCCESS) return rc;

  for (;;) {
    int fd = -1;
    short events = POLLIN;
    {
      const std::lock_guard lock(session_.mutex());
      connection_.leaves_handshake();
      // Events of a connection that has ended count as success once; after that there is no connection.
      fd = session_.socket();
      if (fd < 0) return session_.heard() ? MOSQ_ERR_SUCCESS : MOSQ_ERR_NO_CONN;
      if (connection_.wants_write()) events |= POLLOUT;
      // The socket would be readable again and again for input that is not read.
      const bool takes_input = connection_.takes_input();
      if (!takes_input) events = POLLOUT;
      if (session_.heard() || (connection_.has_buffered_input() && takes_input)) timeout_ms = 0;
    }
    // The call polls in slices. Between them it looks after the keepalive, and after a peer that never closes.
    const auto slice = timeout_ms == 0 ? milliseconds(0) : std::min(left(), kAttention);
    const int ready = wait_ready(fd, events, static_cast<int>(slice.count()));
    if (ready < 0) {
      if (socket_error() == EINTR) return MOSQ_ERR_SUCCESS;
      session_.set_last_errno(socket_error());
      return MOSQ_ERR_ERRNO;
    }
    if (ready > 0) {
      readable = (ready & (POLLIN | POLLHUP | POLLERR)) != 0;
      return MOSQ_ERR_SUCCESS;
    }
    if (timeout_ms == 0 || left().count() == 0 || session_.owner().ending()) return MOSQ_ERR_SUCCESS;
    const int rc = loop_misc();
    if (rc != MOSQ_ERR_SUCCESS) return rc;
  }
}

int Client::loop_read(int max_packets) {
  const int dialled = pump_dial(milliseconds(0));
  if (dialled > MOSQ_ERR_SUCCESS) return dialled;
  const std::lock_guard lock(session_.mutex());
  // Without a connection the library would report the one that ended.
  if (!session_.has_socket()) return MOSQ_ERR_NO_CONN;
  if (max_packets < 1) return MOSQ_ERR_INVAL;
  return connection_.read(connection_.has_buffered_input() ? Reads::kLeftovers : Reads::kAll);
}

int Client::loop_write(int max_packets) {
  const int dialled = pump_dial(milliseconds(0));
  if (dialled > MOSQ_ERR_SUCCESS) return dialled;
  if (max_packets < 1) return MOSQ_ERR_INVAL;
  const std::lock_guard lock(session_.mutex());
  if (!session_.has_socket()) return MOSQ_ERR_NO_CONN;
  return connection_.phase().left() ? MOSQ_ERR_SUCCESS : connection_.write();
}

int Client::loop_misc() {
  const int dialled = pump_dial(milliseconds(0));
  if (dialled > MOSQ_ERR_SUCCESS) return dialled;
  const std::lock_guard lock(session_.mutex());
  if (const auto now = steady_clock::now(); now - shrunk_at_ >= kShrinkAfter) {
    shrunk_at_ = now;
    connection_.shrink();
  }
  return connection_.tick();
}

// has_buffered_input() and want_write() have no code to return: the next loop() reports a failed attempt.
bool Client::has_buffered_input() {
  const std::lock_guard lock(session_.mutex());
  return connection_.has_buffered_input() && session_.has_socket();
}

bool Client::want_write() {
  if (const int rc = pump_dial(milliseconds(0)); rc > MOSQ_ERR_SUCCESS) writer_.set_result(rc);
  const std::lock_guard lock(session_.mutex());
  // on_pre_connect may have destroyed the client.
  return !session_.destroyed() && connection_.wants_write();
}

int Client::socket() {
  if (const int rc = pump_dial(milliseconds(0)); rc > MOSQ_ERR_SUCCESS) writer_.set_result(rc);
  const std::lock_guard lock(session_.mutex());
  return session_.socket();
}

}  // namespace libmosquitto
