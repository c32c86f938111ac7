// Recurrent layers, step by step.
//
// A step is a small product (rows of the batch times the whole hidden weight) and arithmetic on its result. BLAS would arrange the weight anew at every step, which
// costs as much as the product; here it is arranged once for all steps. The batch is cut into blocks of rows that know nothing of each other, so that each thread runs
// its blocks through all steps without ever waiting for another.
#include "d2l_recurrent.h"
#include "layer_support.h"
#include "vector_math.h"
#include "profile_support.h"
#include <string.h>

/// Rows of a block: two tiles. Fewer would read the weight more often than the caches like.
enum { BLOCK_ROWS = 16, TILE_ROWS = 8, TILE_VECTORS = 3 };

/// Vectors of a tile: narrow registers hold fewer sums.
static int tile_vectors(void) {
  static int vectors = 0; // the same value whoever writes it first
  int known = __atomic_load_n(&vectors, __ATOMIC_RELAXED);
  if (known == 0) {
    known = strcmp(d2l_cpu_level(), "avx512") == 0 ? TILE_VECTORS : 1;
    __atomic_store_n(&vectors, known, __ATOMIC_RELAXED);
  }
  return known;
}

static int64_t gate_count(d2l_cell cell) { return cell == D2L_LSTM ? 4 : cell == D2L_GRU ? 3 : 1; }

/// Whether step t of an example is one of its valid ones.
static bool is_valid(const d2l_recurrent *shape, int64_t t, int64_t row) {
  return shape->lengths == NULL || t < shape->lengths[row];
}

/// Whether step t is the first that the direction sees of an example.
static bool is_first(const d2l_recurrent *shape, int64_t t, int64_t row) {
  if (!shape->reverse) return t == 0;
  return t == (shape->lengths == NULL ? shape->steps : shape->lengths[row]) - 1;
}

/// Whether a block has anything to do at step t.
static bool any_valid(const d2l_recurrent *shape, int64_t t, int64_t first, int64_t rows) {
  for (int64_t r = 0; r < rows; r++)
    if (is_valid(shape, t, first + r)) return true;
  return false;
}

#define REAL float
#define NAME(x) x##_f
#define WIDTH 16
#include "recurrent_product.inc"
#include "recurrent.inc"
#undef REAL
#undef NAME
#undef WIDTH

#define REAL double
#define NAME(x) x##_d
#define WIDTH 8
#include "recurrent_product.inc"
#include "recurrent.inc"

void d2l_recurrent_forward(d2l_dtype type, const d2l_recurrent *shape, void *gates, const void *table, const int64_t *ids,
                           const void *w, const void *hidden_bias, void *h, void *c, void *y, void *cells, void *shares) {
  D2L_PROFILED("recurrent");
  D2L_REAL_CALL("d2l_recurrent_forward", type, forward, shape, gates, table, ids, w, hidden_bias, h, c, y, cells, shares);
}

void d2l_recurrent_backward(d2l_dtype type, const d2l_recurrent *shape, const void *gates, const void *w, const void *h0,
                            const void *c0, const void *y, const void *cells, const void *shares, const void *gy, void *gh,
                            void *gc, void *ggates, void *gshares) {
  D2L_PROFILED("recurrent");
  D2L_REAL_CALL("d2l_recurrent_backward", type, backward, shape, gates, w, h0, c0, y, cells, shares, gy, gh, gc, ggates,
                gshares);
}
