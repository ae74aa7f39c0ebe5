// Allocates a part of a client at its first use, because most clients never use it.
#pragma once

#include <memory>

namespace libmosquitto {

template <typename Part>
class Rare {
 public:
  // Reads the part, or its defaults while it is unused.
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
