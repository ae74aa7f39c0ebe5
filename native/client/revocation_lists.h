// Certificate revocation lists, in the copy of OpenSSL that libmosquitto uses.
#pragma once

#include <string>

namespace libmosquitto {

struct RevocationLists {
  std::string source;    // PEM text, or the path of a file, which is read again for each connection
  bool is_text = false;  // ... PEM text
};

// Adds the lists to an SSL_CTX, which then checks the whole chain by them; null only counts the lists. Returns how many
// there are, -1 for a damaged one or a file that cannot be read.
int add_revocation_lists(void* context, const RevocationLists& lists);

// Whether this CA file, which may be null, has lists that libmosquitto does not look at.
bool ignores_lists_in(const char* cafile);

}  // namespace libmosquitto
