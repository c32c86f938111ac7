// A caching allocator. Blocks come in size classes, four to a power of two, so at most a fifth of a large block is waste.
// Small blocks are kept in lists of each thread, without locks; larger ones, and what overflows from the threads, in
// lists under one mutex. A fresh page costs a fault and a zeroing by the system, far more than the arithmetic done on
// it: that is why blocks are kept, and why large ones ask for huge pages.
#define _GNU_SOURCE
#include "kernel_support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

enum {
  ALIGNMENT = 64,
  SMALL_BYTES = 64 << 10,  ///< up to here, blocks live in thread caches
  SMALL_CLASSES = 36,      ///< classes of at most SMALL_BYTES
  CLASSES = 36 + 4 * 32,   ///< up to 2^48 bytes
  THREAD_LIST_BYTES = 256 << 10,
  THREAD_LIST_BLOCKS = 256,
  MAPPED_BYTES = 1 << 20,  ///< from here, blocks are mapped pages and not of malloc's heap
  HUGE_BYTES = 2 << 20,
  PUBLISH_BYTES = 1 << 20, ///< how far a thread's `in_use` may run ahead of the shared count
};

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define D2L_EXACT_BLOCKS 1 // every block its own, of the size asked for: the sanitizer sees overruns and late use
#endif
#endif
#ifndef D2L_EXACT_BLOCKS
#define D2L_EXACT_BLOCKS 0
#endif

typedef struct block {
  struct block *next;
} block;

// --- size classes ----------------------------------------------------------------------------------------------------

// Classes 0 ... 3 are 64, 128, 192, 256; then 320, 384, 448, 512; 640, 768, 896, 1024; ...
D2L_INLINE int class_of(size_t bytes) {
  if (bytes <= 256) return bytes == 0 ? 0 : (int)((bytes - 1) >> 6);
  int exponent = 63 - __builtin_clzll(bytes - 1); // 2^exponent < bytes <= 2^(exponent + 1)
  return 4 * (exponent - 7) + (int)(((bytes - 1) >> (exponent - 2)) & 3);
}

D2L_INLINE size_t class_bytes(int class) {
  if (class < 4) return (size_t)(class + 1) << 6;
  int exponent = class / 4 + 7;
  return ((size_t)1 << exponent) + ((size_t)(class % 4 + 1) << (exponent - 2));
}

// --- the system ------------------------------------------------------------------------------------------------------

static void *map_pages(size_t bytes) {
  size_t slack = bytes >= HUGE_BYTES ? HUGE_BYTES : 0;
  char *start = mmap(NULL, bytes + slack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return NULL;
  if (slack == 0) return start;
  size_t before = (size_t)(-(uintptr_t)start & (HUGE_BYTES - 1));
  if (before != 0) munmap(start, before);
  if (before != slack) munmap(start + before + bytes, slack - before);
#ifdef MADV_HUGEPAGE
  madvise(start + before, bytes, MADV_HUGEPAGE);
#endif
  return start + before;
}

static void *system_allocate(size_t bytes) {
  if (bytes >= MAPPED_BYTES && !D2L_EXACT_BLOCKS) return map_pages(bytes);
  void *result = NULL;
  return posix_memalign(&result, ALIGNMENT, bytes) == 0 ? result : NULL;
}

static void system_free(void *memory, size_t bytes) {
  if (bytes >= MAPPED_BYTES && !D2L_EXACT_BLOCKS) {
    munmap(memory, bytes);
  } else {
    free(memory);
  }
}

// --- shared lists ----------------------------------------------------------------------------------------------------

typedef struct thread_cache {
  struct {
    block *head;
    _Atomic int32_t count; // written by its thread alone, read by d2l_memory
  } lists[SMALL_CLASSES];
  _Atomic int64_t in_use; // change since it was last added to the shared count
  _Atomic uint64_t requests;
  bool registered;
  struct thread_cache *previous, *next;
} thread_cache;

static _Thread_local thread_cache cache;

static struct {
  pthread_mutex_t mutex;
  struct {
    block *head;
    uint64_t used_at; // in shared operations: tells which class has been idle longest
  } lists[CLASSES];
  uint64_t now;
  size_t cached, limit;
  int64_t in_use, peak;
  uint64_t requests, from_system;
  thread_cache *threads;
} shared = {.mutex = PTHREAD_MUTEX_INITIALIZER, .limit = (size_t)1 << 30};

static void lock(void) { pthread_mutex_lock(&shared.mutex); }
static void unlock(void) { pthread_mutex_unlock(&shared.mutex); }

// A relaxed load and store are plain instructions: no other thread writes these.
D2L_INLINE void bump(_Atomic int64_t *value, int64_t change) {
  atomic_store_explicit(value, atomic_load_explicit(value, memory_order_relaxed) + change, memory_order_relaxed);
}

// The functions below named `shared_...` are called with the mutex held.

static void shared_count(int64_t change) {
  shared.in_use += change;
  if (shared.in_use > shared.peak) shared.peak = shared.in_use;
}

static void shared_publish(thread_cache *of) {
  shared_count(atomic_exchange_explicit(&of->in_use, 0, memory_order_relaxed));
}

static block *shared_pop(int class) {
  block *found = shared.lists[class].head;
  shared.lists[class].used_at = ++shared.now;
  if (found == NULL) return NULL;
  shared.lists[class].head = found->next;
  shared.cached -= class_bytes(class);
  return found;
}

static void shared_push(int class, block *freed) {
  freed->next = shared.lists[class].head;
  shared.lists[class].head = freed;
  shared.lists[class].used_at = ++shared.now;
  shared.cached += class_bytes(class);
}

// Gives blocks of the classes that have been idle longest back to the system until the cache is within `limit`.
static void shared_shrink(size_t limit) {
  while (shared.cached > limit) {
    int oldest = -1;
    for (int class = 0; class < CLASSES; class++) {
      if (shared.lists[class].head == NULL) continue;
      if (oldest < 0 || shared.lists[class].used_at < shared.lists[oldest].used_at) oldest = class;
    }
    if (oldest < 0) return;
    while (shared.cached > limit && shared.lists[oldest].head != NULL) {
      block *released = shared.lists[oldest].head;
      shared.lists[oldest].head = released->next;
      shared.cached -= class_bytes(oldest);
      system_free(released, class_bytes(oldest));
    }
  }
}

// --- thread caches ---------------------------------------------------------------------------------------------------

D2L_INLINE int32_t list_count(const thread_cache *of, int class) {
  return atomic_load_explicit(&of->lists[class].count, memory_order_relaxed);
}

static void shared_take_from_thread(thread_cache *of, int class, int32_t keep) {
  int32_t count = list_count(of, class);
  for (; count > keep; count--) {
    block *moved = of->lists[class].head;
    of->lists[class].head = moved->next;
    shared_push(class, moved);
  }
  atomic_store_explicit(&of->lists[class].count, count, memory_order_relaxed);
}

static pthread_key_t exit_key;
static pthread_once_t exit_once = PTHREAD_ONCE_INIT;

static void thread_exits(void *argument) {
  thread_cache *of = argument;
  lock();
  for (int class = 0; class < SMALL_CLASSES; class++) shared_take_from_thread(of, class, 0);
  shared_publish(of);
  shared.requests += atomic_exchange_explicit(&of->requests, 0, memory_order_relaxed);
  if (of->previous != NULL) of->previous->next = of->next;
  if (of->next != NULL) of->next->previous = of->previous;
  if (shared.threads == of) shared.threads = of->next;
  of->registered = false; // what later destructors of this thread free registers it anew
  shared_shrink(shared.limit);
  unlock();
}

static void create_exit_key(void) {
  if (pthread_key_create(&exit_key, thread_exits) != 0) d2l_abort("d2l_allocate", "no thread-specific keys are left");
}

static void register_thread(void) {
  pthread_once(&exit_once, create_exit_key);
  pthread_setspecific(exit_key, &cache);
  lock();
  cache.previous = NULL;
  cache.next = shared.threads;
  if (shared.threads != NULL) shared.threads->previous = &cache;
  shared.threads = &cache;
  cache.registered = true;
  unlock();
}

D2L_INLINE bool exceeds_list(int32_t count, int class) {
  return count > THREAD_LIST_BLOCKS || (size_t)count * class_bytes(class) > THREAD_LIST_BYTES;
}

// --- the calls -------------------------------------------------------------------------------------------------------

static void *from_system(size_t bytes) {
  void *result = system_allocate(bytes);
  if (result == NULL) {
    d2l_empty_cache();
    result = system_allocate(bytes);
  }
  if (result == NULL) d2l_abort("d2l_allocate", "the system has no memory left for a block of %zu bytes", bytes);
  return result;
}

D2L_INLINE void account(int64_t change) {
  bump(&cache.in_use, change);
  int64_t ahead = atomic_load_explicit(&cache.in_use, memory_order_relaxed);
  if (D2L_UNLIKELY(ahead > PUBLISH_BYTES || ahead < -PUBLISH_BYTES)) {
    lock();
    shared_publish(&cache);
    unlock();
  }
}

// The slow path of a small request, and every large one.
static __attribute__((noinline)) void *allocate_shared(int class, size_t bytes) {
  if (!cache.registered) register_thread();
  lock();
  if (class >= SMALL_CLASSES || D2L_EXACT_BLOCKS) {
    shared_publish(&cache);
    shared_count((int64_t)bytes);
  }
  block *found = D2L_EXACT_BLOCKS ? NULL : shared_pop(class);
  if (found != NULL && class < SMALL_CLASSES) { // as one is taken, take half a list: the next requests need no lock
    int32_t count = 0;
    for (; !exceeds_list(2 * (count + 1), class); count++) {
      block *moved = shared_pop(class);
      if (moved == NULL) break;
      moved->next = cache.lists[class].head;
      cache.lists[class].head = moved;
    }
    atomic_store_explicit(&cache.lists[class].count, list_count(&cache, class) + count, memory_order_relaxed);
  }
  if (found == NULL) shared.from_system++;
  unlock();
  return found != NULL ? found : from_system(bytes);
}

void *d2l_allocate(size_t bytes) {
  if (D2L_UNLIKELY(bytes > (size_t)1 << 47)) {
    d2l_abort("d2l_allocate", "a block of %zu bytes is more than any machine holds", bytes);
  }
  atomic_store_explicit(&cache.requests, atomic_load_explicit(&cache.requests, memory_order_relaxed) + 1,
                        memory_order_relaxed);
  int class = class_of(bytes);
  if (D2L_EXACT_BLOCKS) return allocate_shared(class, bytes);
  if (D2L_UNLIKELY(class >= SMALL_CLASSES)) return allocate_shared(class, class_bytes(class));
  account((int64_t)class_bytes(class));
  block *found = cache.lists[class].head;
  if (D2L_UNLIKELY(found == NULL)) return allocate_shared(class, class_bytes(class));
  cache.lists[class].head = found->next;
  atomic_store_explicit(&cache.lists[class].count, list_count(&cache, class) - 1, memory_order_relaxed);
  return found;
}

static __attribute__((noinline)) void free_shared(void *memory, int class, size_t bytes) {
  lock();
  shared_count(-(int64_t)bytes);
  bool keep = !D2L_EXACT_BLOCKS && bytes <= shared.limit;
  if (keep) {
    shared_push(class, memory);
    shared_shrink(shared.limit);
  }
  unlock();
  if (!keep) system_free(memory, bytes);
}

void d2l_free(void *memory, size_t bytes) {
  if (memory == NULL) return;
  int class = class_of(bytes);
  if (D2L_UNLIKELY(class >= SMALL_CLASSES || D2L_EXACT_BLOCKS)) {
    free_shared(memory, class, D2L_EXACT_BLOCKS ? bytes : class_bytes(class));
    return;
  }
  if (D2L_UNLIKELY(!cache.registered)) register_thread();
  account(-(int64_t)class_bytes(class));
  block *freed = memory;
  freed->next = cache.lists[class].head;
  cache.lists[class].head = freed;
  int32_t count = list_count(&cache, class) + 1;
  atomic_store_explicit(&cache.lists[class].count, count, memory_order_relaxed);
  if (D2L_UNLIKELY(exceeds_list(count, class))) {
    lock();
    shared_take_from_thread(&cache, class, count / 2);
    shared_shrink(shared.limit);
    unlock();
  }
}

d2l_memory_statistics d2l_memory(void) {
  lock();
  int64_t in_use = shared.in_use;
  d2l_memory_statistics result = {
    .cached = shared.cached, .requests = shared.requests, .from_system = shared.from_system};
  for (thread_cache *of = shared.threads; of != NULL; of = of->next) {
    in_use += atomic_load_explicit(&of->in_use, memory_order_relaxed);
    result.requests += atomic_load_explicit(&of->requests, memory_order_relaxed);
    for (int class = 0; class < SMALL_CLASSES; class++) {
      result.cached += (size_t)list_count(of, class) * class_bytes(class);
    }
  }
  if (in_use > shared.peak) shared.peak = in_use;
  result.in_use = in_use > 0 ? (size_t)in_use : 0;
  result.peak = (size_t)shared.peak;
  unlock();
  return result;
}

void d2l_set_cache_limit(size_t bytes) {
  lock();
  shared.limit = bytes;
  shared_shrink(bytes);
  unlock();
}

void d2l_empty_cache(void) {
  lock();
  for (int class = 0; class < SMALL_CLASSES; class++) shared_take_from_thread(&cache, class, 0);
  shared_shrink(0);
  unlock();
}
