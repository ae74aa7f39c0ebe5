// Checks when the addon is loaded that libmosquitto's calls of the C library reach the addon's hooks
// (driver/libc_hooks.h).
#pragma once

namespace libmosquitto {

// Returns false when the hooks are not called. libmosquitto would then connect by itself, inside calls that must not
// block. Such a library is refused: a system library that another addon has loaded before, or one on a C library
// without RTLD_DEEPBIND.
bool library_is_hooked();

}  // namespace libmosquitto
