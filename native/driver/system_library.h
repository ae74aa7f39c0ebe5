// Finds functions of the system's libmosquitto and of the libraries that it loads, such as OpenSSL. The search order is
// that library's own, not the program's.
#pragma once

#include <dlfcn.h>

namespace libmosquitto {

template <typename Function>
Function* library_function(const char* name) {
  void* const library = dlopen("libmosquitto.so.1", RTLD_LAZY | RTLD_NOLOAD);
  if (library == nullptr) return nullptr;
  auto* const function = reinterpret_cast<Function*>(dlsym(library, name));
  dlclose(library);  // it stays: the addon needs it
  return function;
}

}  // namespace libmosquitto
