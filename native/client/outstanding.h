// Stores which publications of a client are outstanding: messages that are not confirmed yet, with the sizes of their
// payloads. A message of QoS 0 is confirmed when it is written. flush(), stats() and max_queued_messages_set() use it.
//
// Publications are numbered in the order of the calls. Messages of one size with consecutive ids share an entry, so
// that neither a publication nor its confirmation costs an allocation of its own.
//
// Not thread safe: the owner's lock guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace libmosquitto {

// A number of messages, and the bytes of their payloads.
struct Volume {
  uint64_t messages = 0;
  uint64_t bytes = 0;

  void add(uint32_t size) {
    messages++;
    bytes += size;
  }
};

class Outstanding {
 public:
  // Called before and after the call that publishes: libmosquitto may confirm a message before that has returned.
  void begin() { early_ = 0; }
  void published(int mid, bool acknowledged, uint32_t size) noexcept;
  // `sent` is false for a message that the library has discarded, because the broker can never take it.
  void finished(int mid, bool sent) noexcept;

  // Messages of QoS 0 are dropped with their connection.
  struct Dropped {
    uint64_t messages;
    uint64_t oldest;  // number of the oldest of them; 0: none
  };
  Dropped connection_ended();
  void clear();

  // The number of the newest publication, and that of the oldest that is outstanding; 0: none is.
  [[nodiscard]] uint64_t newest() const { return newest_; }
  [[nodiscard]] uint64_t oldest() const;

  [[nodiscard]] uint64_t messages() const { return written_.volume().messages + acknowledged_.volume().messages; }
  [[nodiscard]] uint64_t bytes() const { return written_.volume().bytes + acknowledged_.volume().bytes; }
  // Messages of QoS 1 and 2.
  [[nodiscard]] uint64_t to_acknowledge() const { return acknowledged_.volume().messages; }
  // Messages that were confirmed so far; and those of QoS 0 that were dropped.
  [[nodiscard]] const Volume& sent() const { return sent_; }
  [[nodiscard]] uint64_t dropped() const { return dropped_; }

 private:
  // Publications `number`, `number` + 1, ... with the ids `mid`, `mid` + 1, ... and payloads of `size` bytes.
  struct Run {
    uint64_t number;
    uint32_t mid;
    uint32_t count;
    uint32_t size;
  };
  class Runs {
   public:
    [[nodiscard]] bool empty() const { return head_ == runs_.size(); }
    [[nodiscard]] uint64_t oldest() const { return empty() ? 0 : runs_[head_].number; }
    [[nodiscard]] const Volume& volume() const { return volume_; }
    void add(uint64_t number, uint32_t mid, uint32_t size);
    // Both return false when there is no such message, else its size by `size`.
    bool remove(uint32_t mid, uint32_t& size);
    bool remove_first(uint32_t mid, uint32_t& size) { return !empty() && runs_[head_].mid == mid && remove(mid, size); }
    void clear();

   private:
    void split(size_t at, uint32_t before);
    void drop(size_t at);

    std::vector<Run> runs_;
    size_t head_ = 0;  // those before it are gone
    Volume volume_;
  };

  uint64_t newest_ = 0;
  uint64_t dropped_ = 0;
  int early_ = 0;  // confirmed inside the call that publishes
  bool early_sent_ = false;
  Runs written_;  // QoS 0: confirmed in the order of the calls
  Runs acknowledged_;
  Volume sent_;
};

}  // namespace libmosquitto
