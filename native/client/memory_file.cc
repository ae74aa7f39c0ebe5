#include "client/memory_file.h"

#include <sys/mman.h>

namespace libmosquitto {

MemoryFile::MemoryFile(std::string_view content) : fd_(memfd_create("libmosquitto", MFD_CLOEXEC)) {
  while (fd_ && !content.empty()) {
    const ssize_t written = ::write(fd_.get(), content.data(), content.size());
    if (written < 0) {
      fd_.reset();
      return;
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  path_ = "/proc/self/fd/" + std::to_string(fd_.get());
}

bool MemoryFile::is_pem(std::string_view text) { return text.find("-----BEGIN ") != std::string_view::npos; }

}  // namespace libmosquitto
