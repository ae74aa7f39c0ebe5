#include "client/memory_file.h"

#include <unistd.h>

#include "system_setup.h"

namespace libmosquitto {

MemoryFile::MemoryFile(std::string_view content) : fd_(open_nameless_file()) {
  while (fd_ && !content.empty()) {
    const ssize_t written = ::write(fd_.get(), content.data(), content.size());
    if (written < 0) {
      fd_.reset();
      return;
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  path_ = path_of(fd_);
}

void MemoryFile::rewind() const { ::lseek(fd_.get(), 0, SEEK_SET); }

bool MemoryFile::is_pem(std::string_view text) { return text.find("-----BEGIN ") != std::string_view::npos; }

}  // namespace libmosquitto
