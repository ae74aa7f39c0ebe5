#define _GNU_SOURCE  // asprintf
#include "topics.h"

#include <stdio.h>
#include <stdlib.h>

char** topic_names(const char* prefix, int count) {
  char** names = malloc((size_t)count * sizeof *names);
  for (int i = 0; names != NULL && i < count; i++) {
    if (asprintf(&names[i], "%s%05d", prefix, i) < 0) return NULL;
  }
  return names;
}

void topic_names_free(char** names, int count) {
  for (int i = 0; i < count; i++) free(names[i]);
  free(names);
}
