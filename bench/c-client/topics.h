#pragma once

// Topic names under a prefix, made before the measurement.
char** topic_names(const char* prefix, int count);
void topic_names_free(char** names, int count);
