// A file without a name, which gives content in memory to libraries that take nothing but paths. Where the system has
// no such files, it is a file that is removed from its folder at once.
#pragma once

#include <string>
#include <string_view>

#include "system_setup.h"
#include "unique_owner.h"

namespace libmosquitto {

class MemoryFile {
 public:
  // Makes the file. The object is false when the system has no room for it, and errno then tells why.
  explicit MemoryFile(std::string_view content);
  explicit operator bool() const { return static_cast<bool>(file_); }

  // The path is valid in this process, as long as the file lives.
  [[nodiscard]] const char* path() const { return path_.c_str(); }

  // To be called before each use of the path: on some systems all that open it share one position, as after dup().
  void rewind() const;

  // Returns true for PEM text, false for a path.
  static bool is_pem(std::string_view text);

 private:
  PrivateFile file_;
  std::string path_;
};
static_assert(kIsUniqueOwner<MemoryFile>);

}  // namespace libmosquitto
