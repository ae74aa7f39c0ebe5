// Loads certificate revocation lists into the copy of OpenSSL that libmosquitto uses.
#pragma once

#include <string>

namespace libmosquitto {

struct RevocationLists {
  std::string source;    // PEM text, or the path of a file, which is read again for each connection
  bool is_text = false;  // `source` is PEM text
};

// Adds the lists to an SSL_CTX, which then checks the whole chain by them; null only counts the lists. Returns their
// number, or -1 for a damaged list or a file that cannot be read.
int add_revocation_lists(void* context, const RevocationLists& lists);

// Returns true when this CA file, which may be null, has lists that libmosquitto ignores.
bool ignores_lists_in(const char* cafile);

}  // namespace libmosquitto
