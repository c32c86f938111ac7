// The pool of threads, OpenBLAS's preparation, and what the processor offers.
#define _GNU_SOURCE
#include "kernel_support.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__linux__)
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#endif

#include <cblas.h>

void d2l_abort(const char *operation, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "%s: ", operation);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  abort();
}

void d2l_abort_type(const char *operation, d2l_dtype type) {
  static const char *const names[] = {"float", "double", "int32", "int64", "uint8", "bool"};
  d2l_abort(operation, "does not serve arrays of %s", (unsigned)type < 6 ? names[type] : "an unknown type");
}

// --- sleeping until a word changes -----------------------------------------------------------------------------------

#if defined(__linux__)
static void sleep_while(_Atomic uint32_t *word, uint32_t value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}
static void wake(_Atomic uint32_t *word, int count) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0); }
#else
static pthread_mutex_t sleep_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t sleep_condition = PTHREAD_COND_INITIALIZER;
static void sleep_while(_Atomic uint32_t *word, uint32_t value) {
  pthread_mutex_lock(&sleep_mutex);
  while (atomic_load(word) == value) pthread_cond_wait(&sleep_condition, &sleep_mutex);
  pthread_mutex_unlock(&sleep_mutex);
}
static void wake(_Atomic uint32_t *word, int count) {
  (void)word, (void)count;
  pthread_mutex_lock(&sleep_mutex);
  pthread_cond_broadcast(&sleep_condition);
  pthread_mutex_unlock(&sleep_mutex);
}
#endif

D2L_INLINE void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// --- the pool --------------------------------------------------------------------------------------------------------

enum {
  MOST_THREADS = 256,
  SPINS = 1000, ///< some 20 to 40 microseconds: the gap between two kernels of a training step, not more
};

// The pieces of a job are dealt out in one contiguous span per thread, so that a thread meets the same part of an array again in
// the next kernel, while it is still in its cache. A thread that has finished its span helps with the others.
typedef struct {
  _Alignas(64) _Atomic int64_t next;
  int64_t end;
} span;

static struct {
  // One caller owns the pool at a time.
  _Alignas(64) atomic_bool taken;
  atomic_int threads; // 0: not yet decided
  int running;        // workers started
  pthread_t workers[MOST_THREADS];

  // The job. Written while `open` is false and no worker is `active`.
  d2l_range_function body;
  void *context;
  int64_t count, grain;
  int spans;

  _Alignas(64) atomic_bool open;
  _Alignas(64) _Atomic uint32_t epoch; // changes with every job, and when workers are to look at `threads` again
  _Alignas(64) _Atomic uint32_t active; // workers inside a job
  atomic_int sleeping;
  atomic_bool caller_sleeps;
  span parts[MOST_THREADS];
} pool;

static _Thread_local bool inside; // in a piece: what it calls runs serially

static void run_piece(d2l_range_function body, void *context, int64_t piece, int64_t grain, int64_t count) {
  body(context, piece * grain, d2l_min(count, (piece + 1) * grain));
}

static void run_spans(int first) {
  inside = true;
  for (int i = 0; i < pool.spans; i++) {
    span *part = &pool.parts[(first + i) % pool.spans];
    for (;;) {
      if (atomic_load_explicit(&part->next, memory_order_relaxed) >= part->end) break;
      int64_t piece = atomic_fetch_add_explicit(&part->next, 1, memory_order_relaxed);
      if (piece >= part->end) break;
      run_piece(pool.body, pool.context, piece, pool.grain, pool.count);
    }
  }
  inside = false;
}

// A worker announces itself before it looks whether the job is open; the caller closes the job before it looks for active
// workers. In the one order of these four (all sequentially consistent) either the worker sees it closed or the caller waits.
static void join_job(int span_index) {
  atomic_fetch_add(&pool.active, 1);
  if (atomic_load(&pool.open)) run_spans(span_index);
  if (atomic_fetch_sub(&pool.active, 1) == 1 && atomic_load(&pool.caller_sleeps)) wake(&pool.active, 1);
}

static void *work(void *argument) {
  int index = (int)(intptr_t)argument; // 1 ... threads - 1; the caller is 0
  uint32_t seen = 0;
  for (;;) {
    uint32_t epoch = atomic_load(&pool.epoch);
    for (int spin = 0; epoch == seen && spin < SPINS; spin++) {
      pause_briefly();
      epoch = atomic_load_explicit(&pool.epoch, memory_order_relaxed);
    }
    while (epoch == seen) {
      atomic_fetch_add(&pool.sleeping, 1);
      sleep_while(&pool.epoch, seen);
      atomic_fetch_sub(&pool.sleeping, 1);
      epoch = atomic_load(&pool.epoch);
    }
    seen = epoch;
    if (index >= atomic_load(&pool.threads)) return NULL;
    join_job(index);
  }
}

// Both need the pool taken.
static void announce(void) {
  atomic_fetch_add(&pool.epoch, 1);
  if (atomic_load(&pool.sleeping) > 0) wake(&pool.epoch, INT_MAX);
}

static void start_workers(void) {
  int wanted = atomic_load(&pool.threads) - 1;
  while (pool.running < wanted) {
    pthread_t worker;
    if (pthread_create(&worker, NULL, work, (void *)(intptr_t)(pool.running + 1)) != 0) {
      atomic_store(&pool.threads, pool.running + 1); // the system gives no more; work with what there is
      return;
    }
    pool.workers[pool.running++] = worker;
  }
}

static int processors(void) {
  int result = 0;
#if defined(__linux__)
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) result = CPU_COUNT(&allowed);
#endif
  if (result < 1) result = (int)sysconf(_SC_NPROCESSORS_ONLN);
  return (int)d2l_max(1, d2l_min(MOST_THREADS, result));
}

int d2l_threads(void) {
  int threads = atomic_load_explicit(&pool.threads, memory_order_relaxed);
  if (D2L_LIKELY(threads > 0)) return threads;
  int undecided = 0;
  atomic_compare_exchange_strong(&pool.threads, &undecided, processors());
  return atomic_load(&pool.threads);
}

void d2l_set_threads(int count) {
  if (inside) d2l_abort("d2l_set_threads", "called inside a kernel");
  while (atomic_exchange(&pool.taken, true)) sched_yield();
  count = (int)d2l_max(1, d2l_min(MOST_THREADS, count));
  atomic_store(&pool.threads, count);
  if (pool.running >= count) {
    announce(); // with `open` false: those in surplus leave, the others go back to sleep
    while (pool.running >= count) pthread_join(pool.workers[--pool.running], NULL);
  }
  atomic_store(&pool.taken, false);
}

static void wait_for_workers(void) {
  for (int spin = 0; atomic_load(&pool.active) != 0; spin++) {
    if (spin < SPINS) {
      pause_briefly();
      continue;
    }
    atomic_store(&pool.caller_sleeps, true);
    uint32_t active = atomic_load(&pool.active);
    if (active != 0) sleep_while(&pool.active, active);
    atomic_store(&pool.caller_sleeps, false);
  }
}

void d2l_parallel_for(int64_t count, int64_t grain, d2l_range_function body, void *context) {
  if (count <= 0) return;
  if (grain < 1) grain = 1;
  if (count <= grain) {
    body(context, 0, count);
    return;
  }
  int64_t pieces = d2l_ceil_div(count, grain);
  if (inside || d2l_threads() == 1 || atomic_exchange(&pool.taken, true)) {
    for (int64_t piece = 0; piece < pieces; piece++) run_piece(body, context, piece, grain, count);
    return;
  }
  start_workers();
  int spans = (int)d2l_min(pool.running + 1, pieces);
  pool.body = body;
  pool.context = context;
  pool.count = count;
  pool.grain = grain;
  pool.spans = spans;
  for (int i = 0; i < spans; i++) {
    atomic_store_explicit(&pool.parts[i].next, pieces * i / spans, memory_order_relaxed);
    pool.parts[i].end = pieces * (i + 1) / spans;
  }
  atomic_store(&pool.open, true);
  announce();
  run_spans(0);
  atomic_store(&pool.open, false);
  wait_for_workers();
  atomic_store(&pool.taken, false);
}

// --- the processor ---------------------------------------------------------------------------------------------------

#if defined(__x86_64__)
const char *d2l_cpu_level(void) {
  return d2l_has_wide_vectors() ? "avx512" : __builtin_cpu_supports("x86-64-v3") ? "avx2" : "baseline";
}
bool d2l_has_wide_vectors(void) { return __builtin_cpu_supports("x86-64-v4"); }

static char features[256];
static void list_features(void) {
#define FEATURE(name) \
  if (__builtin_cpu_supports(name)) strcat(strcat(features, features[0] ? " " : ""), name)
  FEATURE("sse4.2");
  FEATURE("avx");
  FEATURE("avx2");
  FEATURE("fma");
  FEATURE("avx512f");
  FEATURE("avx512bw");
  FEATURE("avx512dq");
  FEATURE("avx512vl");
  FEATURE("avx512cd");
  FEATURE("avx512vnni");
  FEATURE("avx512bf16");
#undef FEATURE
}
const char *d2l_cpu_features(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, list_features);
  return features;
}
#elif defined(__aarch64__)
const char *d2l_cpu_level(void) { return "neon"; }
const char *d2l_cpu_features(void) { return "neon"; }
#else
const char *d2l_cpu_level(void) { return "baseline"; }
const char *d2l_cpu_features(void) { return ""; }
#endif
#if !defined(__x86_64__)
bool d2l_has_wide_vectors(void) { return false; }
#endif

// --- OpenBLAS --------------------------------------------------------------------------------------------------------

static d2l_blas_description blas;

#if defined(__linux__) && defined(__x86_64__)
// Exported by builds of OpenBLAS that choose their kernels at run time; absent from others.
extern void gotoblas_dynamic_quit(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));

// Versions that do not know a processor take it for the AVX2 machine it descends from and leave half of its speed unused.
static void prefer_avx512_kernels(void) {
  static const char *const variable = "OPENBLAS_CORETYPE";
  bool avx2_kernels = strcmp(blas.core_before, "Haswell") == 0 || strcmp(blas.core_before, "Zen") == 0;
  bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                __builtin_cpu_supports("avx512cd");
  if (!avx2_kernels || !avx512 || getenv(variable) != NULL) return;
  if (gotoblas_dynamic_quit == NULL || gotoblas_dynamic_init == NULL) return;
  setenv(variable, "SkylakeX", 1);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  unsetenv(variable); // child processes decide for themselves
}
#else
static void prefer_avx512_kernels(void) {}
#endif

static void prepare(void) {
  blas.version = openblas_get_config();
  blas.core_before = openblas_get_corename();
  prefer_avx512_kernels();
  blas.core_after = openblas_get_corename();
  openblas_set_num_threads(1);
}

void d2l_blas_prepare(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, prepare);
}

d2l_blas_description d2l_blas(void) {
  d2l_blas_prepare();
  return blas;
}
