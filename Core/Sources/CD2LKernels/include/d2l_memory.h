// A caching allocator: freed blocks are kept for the next request of their size class.
#ifndef D2L_MEMORY_H
#define D2L_MEMORY_H

#include "d2l_types.h"

/// Returns at least `bytes` bytes, aligned to 64, contents undefined; never NULL (aborts with a message when the system
/// has no memory left). A request of zero bytes gets a valid pointer. Any thread may free a block.
void *d2l_allocate(size_t bytes);
/// Gives back a block with the size it was asked for.
void d2l_free(void *block, size_t bytes);

/// Counters since the start of the process. Blocks count with the size of their class, a quarter more than was asked for at most (and 64 bytes).
typedef struct {
  size_t in_use;      ///< bytes handed out and not given back
  size_t cached;      ///< bytes kept for later requests
  size_t peak;        ///< the largest `in_use` so far, to within a megabyte a thread
  size_t requests;    ///< calls of d2l_allocate
  size_t from_system; ///< requests that had to ask the system
} d2l_memory_statistics;
d2l_memory_statistics d2l_memory(void);
/// The most bytes the cache keeps (default: 1 GiB); what exceeds it goes back to the system.
void d2l_set_cache_limit(size_t bytes);
/// Gives all cached blocks back to the system (those of other threads' private caches excepted).
void d2l_empty_cache(void);

#endif
