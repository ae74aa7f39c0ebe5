// Unheard events: those that nobody listens to when they happen. They are recorded like all others, because a callback
// that is assigned before the turn of the event loop ends gets them. Whether anybody listens is decided when they are
// delivered.
//
// The most frequent of them must cost next to nothing. Consecutive publications share a record (kPublications) and wake
// nobody. They are dropped at the end of the turn in which the client has published, or else within a second, when the
// driver's tick has them delivered. A message is recorded while JavaScript runs, or will run before it is delivered. It
// is skipped while JavaScript is idle, because nothing can assign a callback then.
#include <mutex>

#include "client/session.h"

namespace libmosquitto {
namespace {

// JavaScript gets these with or without a callback, because its answer is awaited.
constexpr uint32_t kAnswered = bit_of(EventKind::kLoopEnd) | bit_of(EventKind::kExtAuth) | bit_of(EventKind::kLookUp) |
                               bit_of(EventKind::kFlushed) | kTellsTopic;
// A turn of JavaScript has to come before this is answered: on_pre_connect may be assigned in it.
constexpr uint32_t kAwaited = kAnswered | bit_of(EventKind::kPreConnect);
// These events wake nobody when nobody listens, up to this number of bytes.
constexpr uint32_t kQuiet = bit_of(EventKind::kPublish);
constexpr size_t kQuietBytes = size_t{64} * 1024;

}  // namespace

// Only the JavaScript thread calls this. It alone changes the listeners, so that no lock is needed.
bool Session::listens_to(const EventChunk& chunk) const { return (chunk.kinds & (listening_ | kAnswered)) != 0; }

bool Session::heard() const { return !batch_.empty() && (batch_.kinds() & (listening_ | kAwaited)) != 0; }

// Returns whether JavaScript is to be woken.
bool Session::due() const {
  if (batch_.empty()) return false;
  return heard() || (batch_.kinds() & ~kQuiet) != 0 || batch_.bytes() > kQuietBytes;
}

void Session::forget_unheard() {
  if (batch_.empty()) return;
  const std::lock_guard lock(mutex_);
  if (!due()) batch_.clear();
}

}  // namespace libmosquitto
