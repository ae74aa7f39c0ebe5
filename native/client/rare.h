// A part of a client that most clients never use. It takes memory from its first use on.
#pragma once

#include <memory>

namespace libmosquitto {

template <typename Part>
class Rare {
 public:
  // Reads the part; its defaults while it is unused.
  const Part& operator*() const { return part_ != nullptr ? *part_ : defaults(); }
  const Part* operator->() const { return &**this; }

  // Throws std::bad_alloc when there is no memory for the part.
  Part& use() {
    if (part_ == nullptr) part_ = std::make_unique<Part>();
    return *part_;
  }
  // Null while the part is unused.
  [[nodiscard]] Part* used() { return part_.get(); }
  void reset() { part_.reset(); }

 private:
  static const Part& defaults() {
    static const Part part{};
    return part;
  }

  std::unique_ptr<Part> part_;
};

}  // namespace libmosquitto
