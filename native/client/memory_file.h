// A file that is in memory only, for libraries that take nothing but paths.
#pragma once

#include <string>
#include <string_view>

#include "driver/unique_fd.h"

namespace libmosquitto {

class MemoryFile {
 public:
  // False, and errno tells why, when the system has no room for it.
  explicit MemoryFile(std::string_view content);
  explicit operator bool() const { return static_cast<bool>(fd_); }

  // Good for this process, as long as the file lives.
  [[nodiscard]] const char* path() const { return path_.c_str(); }

  // PEM text, or a path?
  static bool is_pem(std::string_view text);

 private:
  UniqueFd fd_;
  std::string path_;
};

}  // namespace libmosquitto
