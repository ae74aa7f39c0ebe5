// The outstanding publications of a client: messages that were published and are not confirmed yet. A message of QoS 0
// is confirmed when it is written. flush() asks for them.
//
// Publications are numbered in the order of the calls. Consecutive message ids share an entry, so that neither a
// publication nor its confirmation costs an allocation of its own.
//
// Not thread safe: the owner's lock guards it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace libmosquitto {

class Outstanding {
 public:
  // Called before the call that publishes: libmosquitto may confirm a message before that has returned.
  void begin() { early_ = 0; }
  void published(int mid, bool acknowledged) noexcept;
  void finished(int mid) noexcept;

  // Messages of QoS 0 are dropped with their connection.
  struct Dropped {
    uint32_t messages;
    uint64_t oldest;  // number of the oldest of them; 0: none
  };
  Dropped connection_ended();
  void clear();

  // The number of the newest publication, and that of the oldest that is outstanding; 0: none is.
  [[nodiscard]] uint64_t newest() const { return newest_; }
  [[nodiscard]] uint64_t oldest() const;

 private:
  // Publications `number`, `number` + 1, ... with the ids `mid`, `mid` + 1, ...
  struct Run {
    uint64_t number;
    uint32_t mid;
    uint32_t count;
  };
  class Runs {
   public:
    [[nodiscard]] bool empty() const { return head_ == runs_.size(); }
    [[nodiscard]] uint64_t oldest() const { return empty() ? 0 : runs_[head_].number; }
    [[nodiscard]] uint32_t messages() const { return messages_; }
    void add(uint64_t number, uint32_t mid);
    bool remove(uint32_t mid);
    bool remove_first(uint32_t mid) { return !empty() && runs_[head_].mid == mid && remove(mid); }
    void clear();

   private:
    void drop(size_t at);

    std::vector<Run> runs_;
    size_t head_ = 0;  // those before it are gone
    uint32_t messages_ = 0;
  };

  uint64_t newest_ = 0;
  int early_ = 0;  // confirmed inside the call that publishes
  Runs written_;   // QoS 0: confirmed in the order of the calls
  Runs acknowledged_;
};

}  // namespace libmosquitto
