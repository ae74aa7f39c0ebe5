#include "usage.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

double now_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

long resident_bytes(void) {
  long pages = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  if (file == NULL || fscanf(file, "%*s %ld", &pages) != 1) pages = 0;
  if (file != NULL) fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

static void open_window(struct window* w, long long messages) {
  w->opened = now_seconds();
  w->opened_cpu = cpu_seconds();
  w->before = messages;
}

void window_message(struct window* w, long long messages) {
  if (w->begun == 0) {
    open_window(w, messages);
    w->begun = w->opened;
  } else if ((messages & 63) == 0 && w->opened == w->begun && now_seconds() - w->begun >= w->warmup) {
    open_window(w, messages);
  }
}

void window_close(struct window* w) {
  w->closed = now_seconds();
  w->closed_cpu = cpu_seconds();
}

void window_print(const struct window* w, long long messages) {
  printf("\"messages\":%lld,\"seconds\":%.6f,\"cpuSeconds\":%.6f", messages - w->before, w->closed - w->opened,
         w->closed_cpu - w->opened_cpu);
}
