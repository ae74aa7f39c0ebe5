// The state of a client's connection: how far it has come, from connect() to the end after disconnect().
//
//   kNone -- connect() --> kConnecting -- CONNACK with 0 --> kConnected
//   disconnect() leads from kConnecting to kLeavingAttempt, and from kConnected to kLeaving. When DISCONNECT is
//   written, or never will be, these become kLeftAttempt and kLeft. While CONNECT cannot be written yet, disconnect()
//   leads to kLeavingHandshake: the connection ends at once, which is kLeavingAttempt without a socket. connect(),
//   reconnect() and each later attempt lead back to kConnecting.
//
// The state does not tell whether there is a socket: it does not change when the connection is lost.
#pragma once

#include <cstdint>

namespace libmosquitto {

class ConnectionPhase {
 public:
  // connect() or reconnect() was called, or an attempt has a socket.
  void begin() { phase_ = Phase::kConnecting; }
  // The broker has sent CONNACK with 0. That may happen while the client leaves.
  void accept() {
    switch (phase_) {
      case Phase::kConnecting:
        phase_ = Phase::kConnected;
        break;
      case Phase::kLeavingHandshake:
      case Phase::kLeavingAttempt:
        phase_ = Phase::kLeaving;
        break;
      case Phase::kLeftAttempt:
        phase_ = Phase::kLeft;
        break;
      default:
        break;
    }
  }
  // disconnect() was called; `in_handshake`: CONNECT is not written yet, and never will be.
  void leave(bool in_handshake) {
    if (phase_ == Phase::kNone) return;
    if (in_handshake) {
      phase_ = Phase::kLeavingHandshake;
    } else if (phase_ == Phase::kConnecting) {
      phase_ = Phase::kLeavingAttempt;
    } else if (phase_ == Phase::kConnected) {
      phase_ = Phase::kLeaving;
    }
  }
  // The connection of kLeavingHandshake was closed.
  void abandon_handshake() {
    if (phase_ == Phase::kLeavingHandshake) phase_ = Phase::kLeavingAttempt;
  }
  // DISCONNECT is written, or never will be.
  void write_disconnect() {
    if (phase_ == Phase::kLeaving) phase_ = Phase::kLeft;
    if (phase_ == Phase::kLeavingAttempt || phase_ == Phase::kLeavingHandshake) phase_ = Phase::kLeftAttempt;
  }
  // The client was reinitialised.
  void reset() { phase_ = Phase::kNone; }

  // connect() was called.
  [[nodiscard]] bool begun() const { return phase_ != Phase::kNone; }
  // CONNACK with 0 came on the newest connection.
  [[nodiscard]] bool accepted() const {
    return phase_ == Phase::kConnected || phase_ == Phase::kLeaving || phase_ == Phase::kLeft;
  }
  // disconnect() was called since.
  [[nodiscard]] bool leaving() const { return phase_ >= Phase::kLeavingHandshake; }
  [[nodiscard]] bool leaves_handshake() const { return phase_ == Phase::kLeavingHandshake; }
  // DISCONNECT is written, or never will be.
  [[nodiscard]] bool left() const { return phase_ == Phase::kLeftAttempt || phase_ == Phase::kLeft; }

 private:
  enum class Phase : uint8_t {
    kNone,
    kConnecting,
    kConnected,
    kLeavingHandshake,
    kLeavingAttempt,
    kLeftAttempt,
    kLeaving,
    kLeft,
  };
  Phase phase_ = Phase::kNone;
};

}  // namespace libmosquitto
