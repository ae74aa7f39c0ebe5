// Includes <napi.h> for all other files, because its switches must be the same in each.
#pragma once

// A terminating worker refuses to throw into JavaScript; without this switch
// node-addon-api answers that refusal by aborting the whole process.
#ifndef NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#define NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
#endif

#include <napi.h>
