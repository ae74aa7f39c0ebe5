// Checks values of TLS settings before libmosquitto gets them, because it cuts some of them, and makes only half of the
// change for others.
#pragma once

#include <string>
#include <string_view>

namespace libmosquitto {

// Each function returns the reason to refuse the value, in words; '' for a valid value.
std::string fault_of_version(const std::string& version);
std::string fault_of_psk(std::string_view psk, std::string_view identity);
std::string fault_of_alpn(const std::string& name);
// Returns why the library refuses the value of a string option of TLS; null for any other option.
const char* fault_of_option(int option);
// `capath`: one folder, or several in the manner of PATH.
std::string fault_of_ca_folder(const std::string& capath);

}  // namespace libmosquitto
