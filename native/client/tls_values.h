// What is wrong with a value of a TLS setting. The library cuts some of these values, and makes half of the change for
// others.
#pragma once

#include <string>
#include <string_view>

namespace libmosquitto {

// Each function returns the reason to refuse the value, in words; '' for a value that can be used.
std::string fault_of_version(const std::string& version);
std::string fault_of_psk(std::string_view psk, std::string_view identity);
std::string fault_of_alpn(const std::string& name);
// Of a string option whose value the library refuses; null for one that is none of TLS.
const char* fault_of_option(int option);
// One folder, or several in the manner of PATH.
std::string fault_of_ca_folder(const std::string& capath);

}  // namespace libmosquitto
