// Reading and writing by index. Indices are int64 and have been checked by the caller.
#ifndef D2L_INDEX_H
#define D2L_INDEX_H

#include "d2l_types.h"

/// x is [outer, rows, inner]; y[o, j, :] = x[o, index[j], :]. All types.
void d2l_take(d2l_dtype type, const void *x, const int64_t *index, void *y, int64_t outer, int64_t rows, int64_t inner,
              int64_t index_count);
/// x[o, index[j], :] += g[o, j, :]; equal indices add up, in order of j whatever the number of threads. Numbers.
void d2l_take_add(d2l_dtype type, const void *g, const int64_t *index, void *x, int64_t outer, int64_t rows, int64_t inner,
                  int64_t index_count);
/// x is [outer, rows, inner], index and y [outer, index_count, inner]; y[o, j, k] = x[o, index[o, j, k], k]. All types.
void d2l_gather(d2l_dtype type, const void *x, const int64_t *index, void *y, int64_t outer, int64_t rows, int64_t inner,
                int64_t index_count);
/// x[o, index[o, j, k], k] = g[o, j, k], or += if `add` (numbers).
void d2l_scatter(d2l_dtype type, const void *g, const int64_t *index, void *x, int64_t outer, int64_t rows, int64_t inner,
                 int64_t index_count, bool add);
/// Sorts each row of x [rows, count] into y with the positions it came from; stable, NaN last. `positions` may be NULL. Numbers.
void d2l_sort(d2l_dtype type, const void *x, void *y, int64_t *positions, int64_t rows, int64_t count, bool descending);
/// The first k of each row in sorted order, without sorting the rest. Numbers.
void d2l_top_k(d2l_dtype type, const void *x, void *y, int64_t *positions, int64_t rows, int64_t count, int64_t k,
               bool largest);
/// The smallest and largest of `count` indices (0, -1 if there are none): one pass to check them all.
void d2l_index_range(const int64_t *index, int64_t count, int64_t *smallest, int64_t *largest);

#endif
