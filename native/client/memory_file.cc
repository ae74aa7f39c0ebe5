#include "client/memory_file.h"

namespace libmosquitto {

MemoryFile::MemoryFile(std::string_view content) : file_(open_private_file()) {
  while (file_ && !content.empty()) {
    const auto written = write_to(file_, content.data(), content.size());
    if (written < 0) {
      file_.reset();
      return;
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  path_ = path_of(file_);
}

void MemoryFile::rewind() const { libmosquitto::rewind(file_); }

bool MemoryFile::is_pem(std::string_view text) { return text.find("-----BEGIN ") != std::string_view::npos; }

}  // namespace libmosquitto
