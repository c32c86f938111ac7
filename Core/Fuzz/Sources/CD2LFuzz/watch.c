#include "d2l_fuzz.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// Of the sanitizer's run-time library (sanitizer/allocator_interface.h).
int __sanitizer_install_malloc_and_free_hooks(
  void (*allocated)(const volatile void *, size_t), void (*freed)(const volatile void *));
size_t __sanitizer_get_allocated_size(const volatile void *memory);

static _Atomic int64_t held, most_held;
static _Atomic int64_t limit = INT64_MAX;
static size_t peak;
static double started, longest;

static void allocated(const volatile void *memory, size_t bytes) {
  (void)memory;
  int64_t now = atomic_fetch_add(&held, (int64_t)bytes) + (int64_t)bytes;
  if (now > atomic_load(&most_held)) atomic_store(&most_held, now);
  if (now <= atomic_load(&limit)) return;
  // The report allocates too.
  int64_t bound = atomic_exchange(&limit, INT64_MAX);
  fprintf(stderr, "fuzz: a request of %zu bytes brings the memory of this input to %lld; the bound is %lld\n", bytes,
          (long long)now, (long long)bound);
  abort();
}

static void freed(const volatile void *memory) {
  if (memory != NULL) atomic_fetch_sub(&held, (int64_t)__sanitizer_get_allocated_size(memory));
}

// Processor time and not the clock's: a machine with other work, or a process that was halted, makes no hang.
static void timed_out(int signal) {
  (void)signal;
  static const char text[] = "fuzz: this input takes more processor time than it may\n";
  if (write(STDERR_FILENO, text, sizeof text - 1) < 0) _exit(1);
  abort();
}

static void alarm_after(int seconds) {
  struct itimerval timer = {.it_value = {.tv_sec = seconds}};
  setitimer(ITIMER_PROF, &timer, NULL);
}

static double processor_time(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void d2l_watch_begin(size_t bytes, int seconds) {
  static int installed;
  if (!installed) {
    installed = 1;
    __sanitizer_install_malloc_and_free_hooks(allocated, freed);
    struct sigaction action = {.sa_handler = timed_out};
    sigaction(SIGPROF, &action, NULL);
  }
  atomic_store(&held, 0);
  atomic_store(&most_held, 0);
  atomic_store(&limit, (int64_t)bytes);
  started = processor_time();
  alarm_after(seconds);
}

void d2l_watch_end(void) {
  alarm_after(0);
  double took = processor_time() - started;
  if (took > longest) longest = took;
  atomic_store(&limit, INT64_MAX);
  int64_t most = atomic_load(&most_held);
  if (most > 0 && (size_t)most > peak) peak = (size_t)most;
}

size_t d2l_watch_peak(void) { return peak; }
double d2l_watch_longest(void) { return longest; }

// libFuzzer's library brings a main of its own that asks for this; ours calls the driver instead.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  (void)data;
  (void)size;
  return 0;
}
