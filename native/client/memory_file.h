// A file without a name, for libraries that take nothing but paths: in memory, or, where the system has no such files,
// removed from its folder at once.
#pragma once

#include <string>
#include <string_view>

#include "system_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

class MemoryFile {
 public:
  // False, and errno tells why, when the system has no room for it.
  explicit MemoryFile(std::string_view content);
  explicit operator bool() const { return static_cast<bool>(file_); }

  // Good for this process, as long as the file lives.
  [[nodiscard]] const char* path() const { return path_.c_str(); }

  // Before each use of the path: on some systems all that open it share one position, as dup() has it.
  void rewind() const;

  // PEM text, or a path?
  static bool is_pem(std::string_view text);

 private:
  PrivateFile file_;
  std::string path_;
};
static_assert(kIsUniqueOwner<MemoryFile>);

}  // namespace libmosquitto
