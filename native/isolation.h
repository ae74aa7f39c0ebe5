// Are the C library calls of libmosquitto really ours (driver/libc_hooks.h)?
#pragma once

namespace libmosquitto {

// Without them a connection would be made by libmosquitto itself, in the middle of
// what must not block. Asked when the addon is loaded: a system library that
// another addon had loaded before, or a C library without RTLD_DEEPBIND, is no good.
bool library_is_hooked();

}  // namespace libmosquitto
