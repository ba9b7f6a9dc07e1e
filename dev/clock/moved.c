/*
 * Moves the wall clock of a program by HOLDFAST_CLOCK seconds (+90s, -90s) when it is named in LD_PRELOAD (ld.so(8)).
 * Only CLOCK_REALTIME moves: timers and waits count monotonic time and stay as they are. Everything is real again in
 * programs that are linked statically, which ld.so does not touch.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long offset;
static int (*real_clock_gettime)(clockid_t, struct timespec *);

/* Before main, so that a signal handler that asks for the time finds it ready. */
__attribute__((constructor)) static void prepare(void) {
  const char *told = getenv("HOLDFAST_CLOCK");
  offset = told ? strtol(told, NULL, 10) : 0;
  real_clock_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  /* The constructor of a library that is loaded before this one may ask. */
  if (!real_clock_gettime) prepare();
  int result = real_clock_gettime(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += offset;
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  struct timespec precise;
  int result = clock_gettime(CLOCK_REALTIME, &precise);
  if (result == 0) *now = (struct timeval){precise.tv_sec, precise.tv_nsec / 1000};
  return result;
}

time_t time(time_t *copy) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME_COARSE, &now) != 0) return -1;
  if (copy) *copy = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(struct timespec *now, int base) {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}
