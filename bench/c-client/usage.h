#pragma once

double now_seconds(void);
// User and system time of the whole process.
double cpu_seconds(void);
long resident_bytes(void);

// The time in which messages count: it begins after the warm-up.
struct window {
  double warmup;
  double begun;  // first message; 0 before it
  double opened, opened_cpu;
  double closed, closed_cpu;
  long long before;  // messages during the warm-up
};

// Call it with every message. It reads the clock when `messages` is a multiple of 64.
void window_message(struct window* window, long long messages);
void window_close(struct window* window);
// The part of the report that all kinds of work share.
void window_print(const struct window* window, long long messages);
