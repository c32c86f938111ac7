// Reading and writing by index.
#include "d2l_index.h"
#include "kernel_support.h"
#include "profile_support.h"

#include <string.h>

typedef struct {
  d2l_dtype type;
  size_t size;
  const char *x; // what is read
  char *y;       // what is written
  const int64_t *index;
  int64_t outer, rows, inner, index_count;
  bool add;
  int64_t tile, tiles; // of columns, or of rows
} index_task;

// --- take -------------------------------------------------------------------------------------------------------------

#define TAKE_SCALARS(T) \
  static void take_##T(const T *x, const int64_t *index, T *y, int64_t count) { \
    for (int64_t i = 0; i < count; i++) y[i] = x[index[i]]; \
  }
TAKE_SCALARS(uint8_t)
TAKE_SCALARS(uint32_t)
TAKE_SCALARS(uint64_t)
#undef TAKE_SCALARS

// Rows begin ..< end of the result, over all of `outer`.
static void take_range(void *context, int64_t begin, int64_t end) {
  const index_task *task = context;
  size_t row = (size_t)task->inner * task->size;
  while (begin < end) {
    int64_t o = begin / task->index_count, j = begin % task->index_count;
    int64_t count = d2l_min(end - begin, task->index_count - j);
    const char *x = task->x + (size_t)(o * task->rows) * row;
    char *y = task->y + (size_t)begin * row;
    const int64_t *index = task->index + j;
    switch (row) {
    case 1: take_uint8_t((const uint8_t *)x, index, (uint8_t *)y, count); break;
    case 4: take_uint32_t((const uint32_t *)x, index, (uint32_t *)y, count); break;
    case 8: take_uint64_t((const uint64_t *)x, index, (uint64_t *)y, count); break;
    default:
      for (int64_t i = 0; i < count; i++) memcpy(y + (size_t)i * row, x + (size_t)index[i] * row, row);
    }
    begin += count;
  }
}

void d2l_take(d2l_dtype type, const void *x, const int64_t *index, void *y, int64_t outer, int64_t rows, int64_t inner,
              int64_t index_count) {
  D2L_PROFILED("taking");
  if (inner == 0 || index_count == 0) return;
  index_task task = {.type = type,
                     .size = d2l_size(type),
                     .x = x,
                     .y = y,
                     .index = index,
                     .rows = rows,
                     .inner = inner,
                     .index_count = index_count};
  int64_t grain = inner == 1 ? D2L_GRAIN_DEAR * 2 : d2l_row_grain(D2L_GRAIN_CHEAP, inner);
  d2l_parallel_for(outer * index_count, grain, take_range, &task);
}

// --- take_add ---------------------------------------------------------------------------------------------------------

// Adds g[j, first ..< first + width] to row index[j], in order of j, for the rows low ..< high.
#define TAKE_ADD(T, U, suffix) \
  D2L_CLONES static void take_add_##suffix(const T *g, const int64_t *index, T *x, int64_t count, int64_t inner, \
                                           int64_t first, int64_t width, int64_t low, int64_t high) { \
    for (int64_t j = 0; j < count; j++) { \
      int64_t row = index[j]; \
      if (row < low || row >= high) continue; \
      const T *restrict from = g + j * inner + first; \
      T *restrict to = x + row * inner + first; \
      for (int64_t k = 0; k < width; k++) to[k] = (T)((U)to[k] + (U)from[k]); \
    } \
  }
TAKE_ADD(float, float, f)
TAKE_ADD(double, double, d)
TAKE_ADD(int32_t, uint32_t, i32)
TAKE_ADD(int64_t, uint64_t, i64)
TAKE_ADD(uint8_t, uint32_t, u8)
#undef TAKE_ADD

enum {
  ROW_PARTS = 8,       ///< parts that the rows are divided into when they are too narrow to be cut by columns
  NARROW_COLUMNS = 16, ///< narrower rows than this are not worth that every part reads all indices
  COLUMN_TILE = 64,
};

// Threads own disjoint parts of x: of the columns where a row is wide, else of the rows. Each goes through all indices in their order.
static void take_add_range(void *context, int64_t begin, int64_t end) {
  const index_task *task = context;
  for (int64_t piece = begin; piece < end; piece++) {
    int64_t o = piece / task->tiles, tile = piece % task->tiles;
    int64_t first = 0, width = task->inner, low = 0, high = task->rows;
    if (task->tile > 0) {
      first = tile * task->tile;
      width = d2l_min(task->tile, task->inner - first);
    } else {
      low = task->rows * tile / task->tiles;
      high = task->rows * (tile + 1) / task->tiles;
    }
    const char *g = task->x + (size_t)(o * task->index_count * task->inner) * task->size;
    char *x = task->y + (size_t)(o * task->rows * task->inner) * task->size;
    switch (task->type) {
#define CASE(name, T, suffix) \
  case name: \
    take_add_##suffix((const T *)g, task->index, (T *)x, task->index_count, task->inner, first, width, low, high); \
    break;
      CASE(D2L_FLOAT, float, f)
      CASE(D2L_DOUBLE, double, d)
      CASE(D2L_INT32, int32_t, i32)
      CASE(D2L_INT64, int64_t, i64)
      CASE(D2L_UINT8, uint8_t, u8)
#undef CASE
    default: d2l_abort_type("d2l_take_add", task->type);
    }
  }
}

void d2l_take_add(d2l_dtype type, const void *g, const int64_t *index, void *x, int64_t outer, int64_t rows, int64_t inner,
                  int64_t index_count) {
  D2L_PROFILED("taking");
  if (inner == 0 || index_count == 0) return;
  index_task task = {.type = type,
                     .size = d2l_size(type),
                     .x = g,
                     .y = x,
                     .index = index,
                     .rows = rows,
                     .inner = inner,
                     .index_count = index_count,
                     .tiles = 1};
  int64_t slice = index_count * inner; // elements of one outer step
  if (slice >= 2 * D2L_GRAIN_CHEAP) {
    if (inner >= 2 * COLUMN_TILE) {
      task.tile = COLUMN_TILE;
      task.tiles = d2l_ceil_div(inner, COLUMN_TILE);
    } else if (inner >= NARROW_COLUMNS) {
      task.tiles = d2l_min(rows, ROW_PARTS);
    }
  }
  d2l_parallel_for(outer * task.tiles, d2l_row_grain(D2L_GRAIN_CHEAP, slice / task.tiles), take_add_range, &task);
}

// --- gather and scatter -----------------------------------------------------------------------------------------------

#define GATHER(T) \
  static void gather_##T(const T *x, const int64_t *index, T *y, int64_t rows, int64_t inner) { \
    for (int64_t j = 0; j < rows; j++, index += inner, y += inner) { \
      for (int64_t k = 0; k < inner; k++) y[k] = x[index[k] * inner + k]; \
    } \
  }
GATHER(uint8_t)
GATHER(uint32_t)
GATHER(uint64_t)
#undef GATHER

static void gather_range(void *context, int64_t begin, int64_t end) {
  const index_task *task = context;
  while (begin < end) {
    int64_t o = begin / task->index_count, j = begin % task->index_count;
    int64_t count = d2l_min(end - begin, task->index_count - j);
    const char *x = task->x + (size_t)(o * task->rows * task->inner) * task->size;
    char *y = task->y + (size_t)(begin * task->inner) * task->size;
    const int64_t *index = task->index + begin * task->inner;
    switch (task->size) {
    case 1: gather_uint8_t((const uint8_t *)x, index, (uint8_t *)y, count, task->inner); break;
    case 4: gather_uint32_t((const uint32_t *)x, index, (uint32_t *)y, count, task->inner); break;
    default: gather_uint64_t((const uint64_t *)x, index, (uint64_t *)y, count, task->inner); break;
    }
    begin += count;
  }
}

void d2l_gather(d2l_dtype type, const void *x, const int64_t *index, void *y, int64_t outer, int64_t rows, int64_t inner,
                int64_t index_count) {
  D2L_PROFILED("gathering");
  if (inner == 0 || index_count == 0) return;
  index_task task = {.type = type,
                     .size = d2l_size(type),
                     .x = x,
                     .y = y,
                     .index = index,
                     .rows = rows,
                     .inner = inner,
                     .index_count = index_count};
  d2l_parallel_for(outer * index_count, d2l_row_grain(D2L_GRAIN_DEAR * 2, inner), gather_range, &task);
}

#define SCATTER(T, suffix) \
  static void scatter_##suffix(const T *g, const int64_t *index, T *x, int64_t rows, int64_t inner, int64_t width) { \
    for (int64_t j = 0; j < rows; j++, index += inner, g += inner) { \
      for (int64_t k = 0; k < width; k++) x[index[k] * inner + k] = g[k]; \
    } \
  }
#define SCATTER_ADD(T, U, suffix) \
  static void scatter_add_##suffix(const T *g, const int64_t *index, T *x, int64_t rows, int64_t inner, int64_t width) { \
    for (int64_t j = 0; j < rows; j++, index += inner, g += inner) { \
      for (int64_t k = 0; k < width; k++) { \
        T *to = x + index[k] * inner + k; \
        *to = (T)((U)*to + (U)g[k]); \
      } \
    } \
  }
SCATTER(uint8_t, 1)
SCATTER(uint32_t, 4)
SCATTER(uint64_t, 8)
SCATTER_ADD(float, float, f)
SCATTER_ADD(double, double, d)
SCATTER_ADD(int32_t, uint32_t, i32)
SCATTER_ADD(int64_t, uint64_t, i64)
SCATTER_ADD(uint8_t, uint32_t, u8)
#undef SCATTER
#undef SCATTER_ADD

// Pieces are (outer, tile of columns): a column's writes stay in order.
static void scatter_range(void *context, int64_t begin, int64_t end) {
  const index_task *task = context;
  for (int64_t piece = begin; piece < end; piece++) {
    int64_t o = piece / task->tiles, first = piece % task->tiles * task->tile;
    int64_t width = d2l_min(task->tile, task->inner - first);
    size_t from = (size_t)(o * task->index_count * task->inner + first);
    const char *g = task->x + from * task->size;
    const int64_t *index = task->index + from;
    char *x = task->y + (size_t)(o * task->rows * task->inner + first) * task->size;
    if (!task->add) {
      switch (task->size) {
      case 1: scatter_1((const uint8_t *)g, index, (uint8_t *)x, task->index_count, task->inner, width); break;
      case 4: scatter_4((const uint32_t *)g, index, (uint32_t *)x, task->index_count, task->inner, width); break;
      default: scatter_8((const uint64_t *)g, index, (uint64_t *)x, task->index_count, task->inner, width); break;
      }
      continue;
    }
    switch (task->type) {
#define CASE(name, T, suffix) \
  case name: scatter_add_##suffix((const T *)g, index, (T *)x, task->index_count, task->inner, width); break;
      CASE(D2L_FLOAT, float, f)
      CASE(D2L_DOUBLE, double, d)
      CASE(D2L_INT32, int32_t, i32)
      CASE(D2L_INT64, int64_t, i64)
      CASE(D2L_UINT8, uint8_t, u8)
#undef CASE
    default: d2l_abort_type("d2l_scatter", task->type);
    }
  }
}

void d2l_scatter(d2l_dtype type, const void *g, const int64_t *index, void *x, int64_t outer, int64_t rows, int64_t inner,
                 int64_t index_count, bool add) {
  D2L_PROFILED("scattering");
  if (inner == 0 || index_count == 0) return;
  index_task task = {.type = type,
                     .size = d2l_size(type),
                     .x = g,
                     .y = x,
                     .index = index,
                     .rows = rows,
                     .inner = inner,
                     .index_count = index_count,
                     .add = add,
                     .tile = COLUMN_TILE,
                     .tiles = d2l_ceil_div(inner, COLUMN_TILE)};
  int64_t piece = index_count * d2l_min(inner, COLUMN_TILE);
  d2l_parallel_for(outer * task.tiles, d2l_row_grain(D2L_GRAIN_DEAR * 2, piece), scatter_range, &task);
}

// --- range ------------------------------------------------------------------------------------------------------------

D2L_CLONES static void range_of(const int64_t *index, int64_t count, int64_t *smallest, int64_t *largest) {
  int64_t low = INT64_MAX, high = INT64_MIN;
  for (int64_t i = 0; i < count; i++) {
    low = index[i] < low ? index[i] : low;
    high = index[i] > high ? index[i] : high;
  }
  *smallest = low;
  *largest = high;
}

void d2l_index_range(const int64_t *index, int64_t count, int64_t *smallest, int64_t *largest) {
  D2L_PROFILED("index check");
  if (count > 0) {
    range_of(index, count, smallest, largest);
  } else {
    *smallest = 0;
    *largest = -1;
  }
}
