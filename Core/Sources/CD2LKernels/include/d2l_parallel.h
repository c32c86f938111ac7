// One pool of threads for all kernels. BLAS is kept to one thread: its work is split here as well.
#ifndef D2L_PARALLEL_H
#define D2L_PARALLEL_H

#include "d2l_types.h"

/// Sets how many threads kernels use, the caller included (1 ... 256; at first, one for each processor the process may run on). Not to be called
/// inside a kernel.
void d2l_set_threads(int count);
int d2l_threads(void);

typedef void (*d2l_range_function)(void *context, int64_t begin, int64_t end);
/// Calls `body` over [0, count) in pieces of `grain` elements (the last one shorter). Pieces are the same for every number of
/// threads. Runs in the calling thread when there is one piece, inside another parallel call, or while another thread
/// uses the pool.
void d2l_parallel_for(int64_t count, int64_t grain, d2l_range_function body, void *context);

/// Prepares OpenBLAS once per process: one thread, and SkylakeX kernels where the CPU has AVX-512 and an old OpenBLAS does
/// not know it (see the design notes). Called by the first matrix product; harmless to repeat.
void d2l_blas_prepare(void);
/// What d2l_blas_prepare found and did.
typedef struct {
  const char *version;     ///< openblas_get_config()
  const char *core_before; ///< kernels OpenBLAS had chosen
  const char *core_after;  ///< kernels in use
} d2l_blas_description;
d2l_blas_description d2l_blas(void);

/// What the processor offers, as a space-separated list ("avx2 fma avx512f ..."), and the level kernels run at
/// ("avx512", "avx2", "baseline", "neon").
const char *d2l_cpu_features(void);
const char *d2l_cpu_level(void);

#endif
