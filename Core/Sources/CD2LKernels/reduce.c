// Reductions over the middle of [outer, count, inner].
#include "d2l_reduce.h"
#include "vector_math.h"
#include "profile_support.h"

#include <string.h>

enum {
  LANES = 32,    ///< 4 registers of 8 doubles: enough sums in flight to hide the latency of an addition
  FEW_LANES = 16,
  BLOCK = 4096,  ///< elements summed in one set of lanes
  TILE = 1024,   ///< columns reduced together; their sums stay in the nearest cache
  CHUNK_ROWS = 128, ///< a long column is cut into chunks of no fewer rows: fewer would make much of the partial results
  PIECE = 32768, ///< elements of a piece that a thread takes
};

/// A reduction of one type. Accumulators have at most 8 bytes.
typedef struct {
  void (*rows)(const void *x, int64_t rows, int64_t count, int64_t stride, const void *centers, void *acc);
  void (*columns)(const void *x, int64_t rows, int64_t stride, int64_t width, const void *centers, void *acc);
  void (*combine)(void *acc, const void *other, int64_t count);
  void (*finish)(const void *acc, void *y, int64_t count);
  void (*neutral)(void *y, int64_t count);
  size_t size, acc_size;
} reducer;

#define IS_FLOAT 1
#define T float
#define W double
#define F(name) name##_f
#define M(name) d2l_##name##_f
#define LOWEST -INFINITY
#define HIGHEST INFINITY
#include "reduce.inc"
#undef T
#undef F
#undef M

#define T double
#define F(name) name##_d
#define M(name) d2l_##name##_d
#include "reduce.inc"
#undef T
#undef W
#undef F
#undef M
#undef LOWEST
#undef HIGHEST
#undef IS_FLOAT

#define IS_FLOAT 0
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wtautological-compare"
#define T int32_t
#define U uint32_t
#define W T
#define F(name) name##_i32
#define LOWEST INT32_MIN
#define HIGHEST INT32_MAX
#include "reduce.inc"
#undef T
#undef U
#undef F
#undef LOWEST
#undef HIGHEST

#define T int64_t
#define U uint64_t
#define F(name) name##_i64
#define LOWEST INT64_MIN
#define HIGHEST INT64_MAX
#include "reduce.inc"
#undef T
#undef U
#undef F
#undef LOWEST
#undef HIGHEST

#define T uint8_t
#define U uint32_t
#define F(name) name##_u8
#define LOWEST 0
#define HIGHEST UINT8_MAX
#include "reduce.inc"
#undef T
#undef U
#undef W
#undef F
#undef LOWEST
#undef HIGHEST
#undef IS_FLOAT
#pragma clang diagnostic pop

// --- cutting the work --------------------------------------------------------------------------------------------------

typedef struct {
  const reducer *by;
  const char *x;
  const char *centers; // [outer, inner] of the element type, or NULL
  char *y;
  char *partial; // [outer, chunks, inner] accumulators, where a column is cut into chunks
  int64_t outer, count, inner;
  int64_t chunk, chunks; // rows of a chunk
  int64_t tiles;
  int64_t fold; // rows laid side by side, where rows are narrow
} reduction;

// Chunks of one group of results are combined in pairs, so that no result is met by more than log2(chunks) roundings.
static void combine_chunks(const reduction *r, char *partial) {
  size_t row = (size_t)r->inner * r->by->acc_size;
  for (int64_t step = 1; step < r->chunks; step *= 2) {
    for (int64_t i = 0; i + step < r->chunks; i += 2 * step) {
      r->by->combine(partial + (size_t)i * row, partial + (size_t)(i + step) * row, r->inner);
    }
  }
}

static void row_pieces(void *context, int64_t begin, int64_t end) {
  const reduction *r = context;
  double acc[256];
  for (int64_t row = begin; row < end;) {
    int64_t rows = d2l_min(256, end - row);
    const char *centers = r->centers == NULL ? NULL : r->centers + (size_t)row * r->by->size;
    r->by->rows(r->x + (size_t)(row * r->count) * r->by->size, rows, r->count, r->count, centers, acc);
    r->by->finish(acc, r->y + (size_t)row * r->by->size, rows);
    row += rows;
  }
}

static void row_chunks(void *context, int64_t begin, int64_t end) {
  const reduction *r = context;
  for (int64_t piece = begin; piece < end; piece++) {
    int64_t row = piece / r->chunks;
    int64_t start = piece % r->chunks * r->chunk;
    int64_t count = d2l_min(r->chunk, r->count - start);
    const char *centers = r->centers == NULL ? NULL : r->centers + (size_t)row * r->by->size;
    r->by->rows(r->x + (size_t)(row * r->count + start) * r->by->size, 1, count, count, centers,
                r->partial + (size_t)piece * r->by->acc_size);
  }
}

// Reduces rows of `inner` elements (`width` of them, from column `first`) into acc. Narrow rows are taken `fold` at a time, as one
// row of fold x inner elements, and what stands side by side is combined afterwards.
static void reduce_columns(const reduction *r, int64_t o, int64_t start, int64_t rows, int64_t first, int64_t width,
                           void *acc) {
  const reducer *by = r->by;
  const char *x = r->x + (size_t)((o * r->count + start) * r->inner + first) * by->size;
  const char *centers = r->centers == NULL ? NULL : r->centers + (size_t)(o * r->inner + first) * by->size;
  int64_t fold = r->fold;
  if (fold == 1 || rows < 2 * fold) {
    by->columns(x, rows, r->inner, width, centers, acc);
    return;
  }
  double folded[TILE], rest[TILE];
  char spread[TILE * sizeof(double)];
  if (centers != NULL) {
    for (int64_t i = 0; i < fold; i++) memcpy(spread + (size_t)(i * width) * by->size, centers, (size_t)width * by->size);
  }
  int64_t whole = rows / fold;
  by->columns(x, whole, fold * width, fold * width, centers == NULL ? NULL : spread, folded);
  for (int64_t i = 1; i < fold; i++) by->combine(folded, (char *)folded + (size_t)(i * width) * by->acc_size, width);
  if (rows % fold != 0) {
    by->columns(x + (size_t)(whole * fold * width) * by->size, rows % fold, width, width, centers, rest);
    by->combine(folded, rest, width);
  }
  memcpy(acc, folded, (size_t)width * by->acc_size);
}

// Pieces are (outer, chunk, tile), the tile fastest.
static void column_pieces(void *context, int64_t begin, int64_t end) {
  const reduction *r = context;
  double acc[TILE];
  for (int64_t piece = begin; piece < end; piece++) {
    int64_t first = piece % r->tiles * TILE;
    int64_t group = piece / r->tiles; // (outer, chunk)
    int64_t o = group / r->chunks;
    int64_t start = group % r->chunks * r->chunk;
    int64_t rows = d2l_min(r->chunk, r->count - start);
    int64_t width = d2l_min(TILE, r->inner - first);
    if (r->chunks > 1) {
      reduce_columns(r, o, start, rows, first, width,
                     r->partial + (size_t)(group * r->inner + first) * r->by->acc_size);
    } else {
      reduce_columns(r, o, start, rows, first, width, acc);
      r->by->finish(acc, r->y + (size_t)(o * r->inner + first) * r->by->size, width);
    }
  }
}

static void reduce_by(const reducer *by, const void *x, const void *centers, void *y, int64_t outer, int64_t count,
                      int64_t inner) {
  if (outer == 0 || inner == 0) return;
  if (count == 0) {
    by->neutral(y, outer * inner);
    return;
  }
  reduction r = {.by = by,
                 .x = x,
                 .centers = centers,
                 .y = y,
                 .outer = outer,
                 .count = count,
                 .inner = inner,
                 .chunk = count,
                 .chunks = 1,
                 .tiles = d2l_ceil_div(inner, TILE),
                 .fold = 1};
  int64_t tile = d2l_min(inner, TILE);
  // A column is cut into chunks where it is long enough for several pieces.
  int64_t chunk = d2l_max(CHUNK_ROWS, d2l_row_grain(PIECE, tile));
  if (count >= 2 * chunk) {
    r.chunk = chunk;
    r.chunks = d2l_ceil_div(count, chunk);
  }
  if (inner > 1 && inner <= TILE / 16) r.fold = TILE / 4 / inner;
  size_t bytes = r.chunks > 1 ? (size_t)(outer * r.chunks * inner) * by->acc_size : 0;
  if (bytes > 0) r.partial = d2l_allocate(bytes);
  if (inner > 1) {
    d2l_parallel_for(outer * r.chunks * r.tiles, d2l_row_grain(PIECE, tile * r.chunk), column_pieces, &r);
  } else if (r.chunks > 1) {
    d2l_parallel_for(outer * r.chunks, 1, row_chunks, &r);
  } else {
    d2l_parallel_for(outer, d2l_row_grain(PIECE, count), row_pieces, &r);
  }
  if (bytes == 0) return;
  for (int64_t o = 0; o < outer; o++) {
    char *partial = r.partial + (size_t)(o * r.chunks * inner) * by->acc_size;
    combine_chunks(&r, partial);
    by->finish(partial, r.y + (size_t)(o * inner) * by->size, inner);
  }
  d2l_free(r.partial, bytes);
}

// --- operations built of two reductions ---------------------------------------------------------------------------------

// y holds the maxima; those that are infinite must not be subtracted from themselves.
#define LOG_SUM_EXP(T, suffix) \
  static void log_sum_exp_##suffix(const T *x, T *y, int64_t outer, int64_t count, int64_t inner) { \
    int64_t results = outer * inner; \
    if (count == 0) { \
      for (int64_t i = 0; i < results; i++) y[i] = -INFINITY; \
      return; \
    } \
    T *centers = d2l_allocate((size_t)results * sizeof(T)); \
    reduce_by(&reducer_max_##suffix, x, NULL, centers, outer, count, inner); \
    for (int64_t i = 0; i < results; i++) centers[i] = isinf(centers[i]) ? 0 : centers[i]; \
    reduce_by(&reducer_sum_exp_##suffix, x, centers, y, outer, count, inner); \
    for (int64_t i = 0; i < results; i++) y[i] = centers[i] + d2l_log_##suffix(y[i]); \
    d2l_free(centers, (size_t)results * sizeof(T)); \
  }
LOG_SUM_EXP(float, f)
LOG_SUM_EXP(double, d)
#undef LOG_SUM_EXP

#define MEAN_VARIANCE(T, suffix) \
  static void mean_variance_##suffix(const T *x, T *mean, T *variance, int64_t outer, int64_t count, int64_t inner, \
                                     double correction) { \
    int64_t results = outer * inner; \
    reduce_by(&reducer_sum_##suffix, x, NULL, mean, outer, count, inner); \
    for (int64_t i = 0; i < results; i++) mean[i] = (T)(mean[i] / (double)count); \
    reduce_by(&reducer_deviations_##suffix, x, mean, variance, outer, count, inner); \
    for (int64_t i = 0; i < results; i++) variance[i] = (T)(variance[i] / ((double)count - correction)); \
  }
MEAN_VARIANCE(float, f)
MEAN_VARIANCE(double, d)
#undef MEAN_VARIANCE

void d2l_mean_variance(d2l_dtype type, const void *x, void *mean, void *variance, int64_t outer, int64_t count, int64_t inner,
                       double correction) {
  D2L_PROFILED("variance");
  switch (type) {
  case D2L_FLOAT: mean_variance_f(x, mean, variance, outer, count, inner, correction); break;
  case D2L_DOUBLE: mean_variance_d(x, mean, variance, outer, count, inner, correction); break;
  default: d2l_abort_type("d2l_mean_variance", type);
  }
}

// --- counting -----------------------------------------------------------------------------------------------------------

// Bytes are added in bytes, 255 at a time at most, and those sums in 64 bits.
D2L_CLONES static void count_true_tile(const uint8_t *restrict x, int64_t rows, int64_t stride, int64_t width, int64_t *restrict y) {
  for (int64_t k = 0; k < width; k++) y[k] = 0;
  if (width == 1) {
    int64_t row = 0;
    for (; rows - row >= LANES && stride == 1;) {
      uint8_t lanes[LANES] = {0};
      for (int n = 0; n < 255 && rows - row >= LANES; n++, row += LANES) {
        for (int j = 0; j < LANES; j++) lanes[j] += x[row + j];
      }
      for (int j = 0; j < LANES; j++) y[0] += lanes[j];
    }
    for (; row < rows; row++) y[0] += x[row * stride];
    return;
  }
  uint8_t tile[TILE];
  while (rows > 0) {
    int64_t depth = d2l_min(255, rows);
    memset(tile, 0, (size_t)width);
    for (int64_t row = 0; row < depth; row++, x += stride) {
      for (int64_t k = 0; k < width; k++) tile[k] += x[k];
    }
    for (int64_t k = 0; k < width; k++) y[k] += tile[k];
    rows -= depth;
  }
}

// --- arg, counts and cumulative sums: pieces are (outer, tile of columns) ------------------------------------------------

typedef struct {
  d2l_dtype type;
  d2l_reduce_op op;
  const char *x;
  char *y;
  size_t size;
  int64_t count, inner, tiles;
  bool reversed;
} tile_task;

#define FOR_NUMBERS(name) \
  switch (task->type) { \
    name(D2L_FLOAT, f) name(D2L_DOUBLE, d) name(D2L_INT32, i32) name(D2L_INT64, i64) name(D2L_UINT8, u8) \
  default: d2l_abort_type("d2l_reduce", task->type); \
  }

static void index_pieces(void *context, int64_t begin, int64_t end) {
  const tile_task *task = context;
  bool largest = task->op == D2L_ARG_MAX;
  if (task->inner == 1 && task->op != D2L_COUNT_TRUE) {
    const char *x = task->x + (size_t)(begin * task->count) * task->size;
    int64_t *y = (int64_t *)task->y + begin;
#define CASE(name, suffix) \
  case name: arg_rows_##suffix(x, end - begin, task->count, largest, y); break;
    FOR_NUMBERS(CASE)
#undef CASE
    return;
  }
  for (int64_t piece = begin; piece < end; piece++) {
    int64_t o = piece / task->tiles, first = piece % task->tiles * TILE;
    int64_t width = d2l_min(TILE, task->inner - first);
    const char *x = task->x + (size_t)(o * task->count * task->inner + first) * task->size;
    int64_t *y = (int64_t *)task->y + o * task->inner + first;
    if (task->op == D2L_COUNT_TRUE) {
      count_true_tile((const uint8_t *)x, task->count, task->inner, width, y);
    } else {
#define CASE(name, suffix) \
  case name: \
    (largest ? arg_max_columns_##suffix : arg_min_columns_##suffix)(x, task->count, task->inner, width, y); \
    break;
      FOR_NUMBERS(CASE)
#undef CASE
    }
  }
}

static void cumulative_pieces(void *context, int64_t begin, int64_t end) {
  const tile_task *task = context;
  int64_t stride = task->reversed ? -task->inner : task->inner;
  for (int64_t piece = begin; piece < end; piece++) {
    int64_t o = piece / task->tiles, first = piece % task->tiles * TILE;
    int64_t width = d2l_min(TILE, task->inner - first);
    int64_t row = task->reversed ? task->count - 1 : 0;
    size_t offset = (size_t)((o * task->count + row) * task->inner + first) * task->size;
    switch (task->type) {
#define CASE(name, suffix) \
  case name: cumulative_##suffix(task->x + offset, task->y + offset, task->count, stride, width); break;
      CASE(D2L_FLOAT, f)
      CASE(D2L_DOUBLE, d)
      CASE(D2L_INT32, i32)
      CASE(D2L_INT64, i64)
      CASE(D2L_UINT8, u8)
#undef CASE
    default: d2l_abort_type("d2l_cumulative_sum", task->type);
    }
  }
}

static void run_tiles(tile_task *task, int64_t outer, d2l_range_function body) {
  if (outer == 0 || task->inner == 0) return;
  task->tiles = d2l_ceil_div(task->inner, TILE);
  int64_t elements = task->count * d2l_min(TILE, task->inner);
  d2l_parallel_for(outer * task->tiles, d2l_row_grain(PIECE / 2, elements), body, task);
}

void d2l_cumulative_sum(d2l_dtype type, const void *x, void *y, int64_t outer, int64_t count, int64_t inner, bool reversed) {
  D2L_PROFILED("cumulativeSum");
  if (count == 0) return;
  tile_task task = {
    .type = type, .x = x, .y = y, .size = d2l_size(type), .count = count, .inner = inner, .reversed = reversed};
  run_tiles(&task, outer, cumulative_pieces);
}

// --- dispatch -----------------------------------------------------------------------------------------------------------

static const reducer *reducer_of(d2l_dtype type, d2l_reduce_op op) {
#define NUMBERS(suffix) \
  [D2L_SUM] = &reducer_sum_##suffix, [D2L_PROD] = &reducer_prod_##suffix, [D2L_REDUCE_MAX] = &reducer_max_##suffix, \
  [D2L_REDUCE_MIN] = &reducer_min_##suffix
#define FLOATS(suffix) [D2L_SUM_SQUARES] = &reducer_sum_squares_##suffix, [D2L_SUM_ABS] = &reducer_sum_abs_##suffix
  static const reducer *const reducers[6][D2L_ARG_MIN + 1] = {
    [D2L_FLOAT] = {NUMBERS(f), FLOATS(f)},
    [D2L_DOUBLE] = {NUMBERS(d), FLOATS(d)},
    [D2L_INT32] = {NUMBERS(i32)},
    [D2L_INT64] = {NUMBERS(i64)},
    [D2L_UINT8] = {NUMBERS(u8)},
    // Of bytes that are 0 or 1, any is the largest and all the least.
    [D2L_BOOL] = {[D2L_ANY] = &reducer_max_u8, [D2L_ALL] = &reducer_min_u8},
  };
#undef NUMBERS
#undef FLOATS
  if ((unsigned)type > D2L_BOOL || (unsigned)op > D2L_ARG_MIN || reducers[type][op] == NULL) {
    d2l_abort_type("d2l_reduce", type);
  }
  return reducers[type][op];
}

void d2l_reduce(d2l_dtype type, d2l_reduce_op op, const void *x, void *y, int64_t outer, int64_t count, int64_t inner) {
  D2L_PROFILED(d2l_reduce_name(op));
  switch (op) {
  case D2L_ARG_MAX:
  case D2L_ARG_MIN:
  case D2L_COUNT_TRUE: {
    if ((type == D2L_BOOL) != (op == D2L_COUNT_TRUE)) d2l_abort_type("d2l_reduce", type);
    tile_task task = {
      .type = type, .op = op, .x = x, .y = y, .size = d2l_size(type), .count = count, .inner = inner};
    run_tiles(&task, outer, index_pieces);
    return;
  }
  case D2L_LOG_SUM_EXP:
    if (type == D2L_FLOAT) {
      log_sum_exp_f(x, y, outer, count, inner);
    } else if (type == D2L_DOUBLE) {
      log_sum_exp_d(x, y, outer, count, inner);
    } else {
      d2l_abort_type("d2l_reduce", type);
    }
    return;
  case D2L_ALL:
    if (count == 0) {
      memset(y, 1, (size_t)(outer * inner));
      return;
    }
    reduce_by(reducer_of(type, op), x, NULL, y, outer, count, inner);
    return;
  default: reduce_by(reducer_of(type, op), x, NULL, y, outer, count, inner);
  }
}
