// Events that nobody listens to when they happen. They are recorded like all others, because a
// callback that is assigned before the turn of the event loop ends is to get them; whether anybody
// listens is asked when they are delivered.
//
// The most frequent of them must cost next to nothing. Publications that follow one another share a
// record (kPublications), and wake nobody: they are forgotten when the turn ends in which the client
// has published, and the driver's tick has them delivered, which forgets them too, within a second
// otherwise. A message is recorded while JavaScript runs, or will run before it is delivered. It is
// skipped while JavaScript waits for something to do, when nothing can assign a callback.
#include <mutex>

#include "client/session.h"

namespace libmosquitto {
namespace {

// JavaScript has to see these, with or without a callback: something waits for its answer.
constexpr uint32_t kAnswered = bit_of(EventKind::kLoopEnd) | bit_of(EventKind::kExtAuth) | bit_of(EventKind::kLookUp) |
                               bit_of(EventKind::kFlushed) | kTellsTopic;
// JavaScript's turn has to come before this is answered: on_pre_connect may be assigned in it.
constexpr uint32_t kAwaited = kAnswered | bit_of(EventKind::kPreConnect);
// Events that wake nobody when nobody listens, up to so many bytes.
constexpr uint32_t kQuiet = bit_of(EventKind::kPublish);
constexpr size_t kQuietBytes = size_t{64} * 1024;

}  // namespace

// JavaScript thread, which alone changes what is listened to: needs no lock.
bool Session::listens_to(const EventChunk& chunk) const { return (chunk.kinds & (listening_ | kAnswered)) != 0; }

bool Session::heard() const { return !batch_.empty() && (batch_.kinds() & (listening_ | kAwaited)) != 0; }

// Whether JavaScript is to be woken.
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
