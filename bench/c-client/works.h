#pragma once

#include "options.h"

// Each function measures one kind of work, and prints its report in JSON.
void receive(const struct options* options);
void publish(const struct options* options);
void exchange(const struct options* options);
void latency(const struct options* options);
void connections(const struct options* options);
void startup(const struct options* options);
void load(const struct options* options);
