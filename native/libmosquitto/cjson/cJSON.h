// mosquitto.h of libmosquitto 2.1 includes <cjson/cJSON.h> for the one type that a single
// prototype names. Neither our build of the library nor the addon uses JSON, so the type's
// name is all that is needed and libcjson is not.
#pragma once

typedef struct cJSON cJSON;
