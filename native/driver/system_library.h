// Functions that the system's libmosquitto brings along. They are found as the library finds them: in its own order of
// search, not in the program's.
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
