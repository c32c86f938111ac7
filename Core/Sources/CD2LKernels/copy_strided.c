// Copies between strided arrays.
#include "d2l_elementwise.h"
#include "kernel_support.h"
#include "profile_support.h"

#include <string.h>

typedef struct {
  size_t size;
  const char *x;
  char *y;
  int rank;
  int64_t shape[D2L_MAX_RANK], x_strides[D2L_MAX_RANK], y_strides[D2L_MAX_RANK];
  int64_t tiles_h, tiles_w; // of the innermost two dimensions; 0: they are walked row by row
} copy_task;

enum { TILE = 64 };

// One row.
#define COPY_ROW(T) \
  D2L_CLONES static void copy_row_##T(const T *restrict x, int64_t x_step, T *restrict y, int64_t y_step, int64_t count) { \
    if (x_step == 1 && y_step == 1) { \
      for (int64_t i = 0; i < count; i++) y[i] = x[i]; \
    } else if (x_step == 0 && y_step == 1) { \
      T value = x[0]; \
      for (int64_t i = 0; i < count; i++) y[i] = value; \
    } else if (x_step == -1 && y_step == 1) { \
      for (int64_t i = 0; i < count; i++) y[i] = x[-i]; \
    } else if (y_step == 1) { \
      for (int64_t i = 0; i < count; i++) y[i] = x[i * x_step]; \
    } else { \
      for (int64_t i = 0; i < count; i++) y[i * y_step] = x[i * x_step]; \
    } \
  }
COPY_ROW(uint8_t)
COPY_ROW(uint32_t)
COPY_ROW(uint64_t)
#undef COPY_ROW

// A square block is transposed in registers: it is read in whole lines and written in whole lines, so that it does not matter
// that rows a power of two apart compete for the same places in the cache. To interleave row i with row i + SIDE / 2, log2(SIDE) times
// over, is to transpose.
typedef uint8_t row_uint8_t __attribute__((vector_size(16)));
typedef uint32_t row_uint32_t __attribute__((vector_size(64)));
typedef uint64_t row_uint64_t __attribute__((vector_size(64)));
#define LOWER_16(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define UPPER_16(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define LOWER_8(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define UPPER_8(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)

// Of an h by w tile: y[i * y_step + j] = x[i + j * x_step].
#define COPY_TILE(T, SIDE, LOWER, UPPER) \
  D2L_INLINE void block_##T(const T *restrict x, int64_t x_step, T *restrict y, int64_t y_step) { \
    row_##T rows[SIDE], next[SIDE]; \
    for (int i = 0; i < SIDE; i++) memcpy(&rows[i], x + i * x_step, sizeof rows[i]); \
    for (int round = 1; round < SIDE; round *= 2) { \
      for (int i = 0; i < SIDE / 2; i++) { \
        next[2 * i] = LOWER(rows[i], rows[i + SIDE / 2]); \
        next[2 * i + 1] = UPPER(rows[i], rows[i + SIDE / 2]); \
      } \
      for (int i = 0; i < SIDE; i++) rows[i] = next[i]; \
    } \
    for (int i = 0; i < SIDE; i++) memcpy(y + i * y_step, &rows[i], sizeof rows[i]); \
  } \
  D2L_CLONES static void copy_tile_##T(const T *restrict x, int64_t x_step, T *restrict y, int64_t y_step, int64_t h, \
                                       int64_t w) { \
    int64_t whole_h = h / SIDE * SIDE, whole_w = w / SIDE * SIDE; \
    for (int64_t i = 0; i < whole_h; i += SIDE) { \
      for (int64_t j = 0; j < whole_w; j += SIDE) block_##T(x + i + j * x_step, x_step, y + i * y_step + j, y_step); \
    } \
    for (int64_t i = 0; i < h; i++) { \
      for (int64_t j = i < whole_h ? whole_w : 0; j < w; j++) y[i * y_step + j] = x[i + j * x_step]; \
    } \
  }
COPY_TILE(uint8_t, 16, LOWER_16, UPPER_16)
COPY_TILE(uint32_t, 16, LOWER_16, UPPER_16)
COPY_TILE(uint64_t, 8, LOWER_8, UPPER_8)
#undef COPY_TILE

static void copy_row(const copy_task *task, int64_t x, int64_t y, int64_t x_step, int64_t y_step, int64_t count) {
  const char *from = task->x + x * (int64_t)task->size;
  char *to = task->y + y * (int64_t)task->size;
  switch (task->size) {
  case 1: copy_row_uint8_t((const uint8_t *)from, x_step, (uint8_t *)to, y_step, count); break;
  case 4: copy_row_uint32_t((const uint32_t *)from, x_step, (uint32_t *)to, y_step, count); break;
  default: copy_row_uint64_t((const uint64_t *)from, x_step, (uint64_t *)to, y_step, count); break;
  }
}

static void copy_tile(const copy_task *task, int64_t x, int64_t y, int64_t x_step, int64_t y_step, int64_t h, int64_t w) {
  const char *from = task->x + x * (int64_t)task->size;
  char *to = task->y + y * (int64_t)task->size;
  switch (task->size) {
  case 1: copy_tile_uint8_t((const uint8_t *)from, x_step, (uint8_t *)to, y_step, h, w); break;
  case 4: copy_tile_uint32_t((const uint32_t *)from, x_step, (uint32_t *)to, y_step, h, w); break;
  default: copy_tile_uint64_t((const uint64_t *)from, x_step, (uint64_t *)to, y_step, h, w); break;
  }
}

// A position in the first `rank` dimensions, stepped like an odometer.
typedef struct {
  int64_t position[D2L_MAX_RANK];
  int64_t x, y;
} cursor;

static cursor cursor_at(const copy_task *task, int rank, int64_t index) {
  cursor at = {.x = 0, .y = 0};
  for (int d = rank - 1; d >= 0; d--) {
    at.position[d] = index % task->shape[d];
    index /= task->shape[d];
    at.x += at.position[d] * task->x_strides[d];
    at.y += at.position[d] * task->y_strides[d];
  }
  return at;
}

static void advance(cursor *at, const copy_task *task, int rank) {
  for (int d = rank - 1; d >= 0; d--) {
    at->x += task->x_strides[d];
    at->y += task->y_strides[d];
    if (++at->position[d] < task->shape[d]) return;
    at->x -= task->shape[d] * task->x_strides[d];
    at->y -= task->shape[d] * task->y_strides[d];
    at->position[d] = 0;
  }
}

// Elements begin ..< end of the only dimension.
static void copy_span(void *context, int64_t begin, int64_t end) {
  const copy_task *task = context;
  int64_t x_step = task->x_strides[0], y_step = task->y_strides[0];
  copy_row(task, begin * x_step, begin * y_step, x_step, y_step, end - begin);
}

// Rows begin ..< end of the innermost dimension.
static void copy_rows(void *context, int64_t begin, int64_t end) {
  const copy_task *task = context;
  int last = task->rank - 1;
  cursor at = cursor_at(task, last, begin);
  for (int64_t row = begin; row < end; row++) {
    copy_row(task, at.x, at.y, task->x_strides[last], task->y_strides[last], task->shape[last]);
    advance(&at, task, last);
  }
}

// Tiles begin ..< end of the innermost two dimensions: y is dense along the last, x along the one before it.
static void copy_tiles(void *context, int64_t begin, int64_t end) {
  const copy_task *task = context;
  int h = task->rank - 2, w = task->rank - 1;
  int64_t tiles = task->tiles_h * task->tiles_w;
  for (int64_t tile = begin; tile < end; tile++) {
    cursor at = cursor_at(task, h, tile / tiles);
    int64_t i = tile % tiles / task->tiles_w * TILE;
    int64_t j = tile % tiles % task->tiles_w * TILE;
    copy_tile(task, at.x + i + j * task->x_strides[w], at.y + i * task->y_strides[h] + j, task->x_strides[w],
              task->y_strides[h], d2l_min(TILE, task->shape[h] - i), d2l_min(TILE, task->shape[w] - j));
  }
}

static void move_to(copy_task *task, int from, int to) {
  int64_t n = task->shape[from], x = task->x_strides[from], y = task->y_strides[from];
  for (int d = from; d < to; d++) {
    task->shape[d] = task->shape[d + 1];
    task->x_strides[d] = task->x_strides[d + 1];
    task->y_strides[d] = task->y_strides[d + 1];
  }
  task->shape[to] = n;
  task->x_strides[to] = x;
  task->y_strides[to] = y;
}

static int64_t distance(int64_t stride) { return stride < 0 ? -stride : stride; }

void d2l_copy_strided(d2l_dtype type, const void *x, const int64_t *x_strides, void *y, const int64_t *y_strides, int rank,
                      const int64_t *shape) {
  D2L_PROFILED("copy");
  copy_task task = {.size = d2l_size(type), .x = x, .y = y};
  int64_t total = 1;
  for (int d = 0; d < rank; d++) {
    total *= shape[d];
    if (shape[d] == 1) continue;
    task.shape[task.rank] = shape[d];
    task.x_strides[task.rank] = x_strides[d];
    task.y_strides[task.rank] = y_strides[d];
    task.rank++;
  }
  if (total == 0) return;
  if (task.rank == 0) {
    copy_row(&task, 0, 0, 1, 1, 1);
    return;
  }
  // The order of dimensions is free in a copy: the result is written in its own order, from the farthest stride to the nearest.
  for (int d = 1; d < task.rank; d++) {
    for (int e = d; e > 0 && distance(task.y_strides[e - 1]) < distance(task.y_strides[e]); e--) move_to(&task, e - 1, e);
  }
  int kept = 1;
  for (int d = 1; d < task.rank; d++) {
    if (task.x_strides[kept - 1] == task.x_strides[d] * task.shape[d] &&
        task.y_strides[kept - 1] == task.y_strides[d] * task.shape[d]) {
      task.shape[kept - 1] *= task.shape[d];
      task.x_strides[kept - 1] = task.x_strides[d];
      task.y_strides[kept - 1] = task.y_strides[d];
    } else {
      task.shape[kept] = task.shape[d];
      task.x_strides[kept] = task.x_strides[d];
      task.y_strides[kept] = task.y_strides[d];
      kept++;
    }
  }
  task.rank = kept;
  if (kept == 1) {
    d2l_parallel_for(total, D2L_GRAIN_CHEAP, copy_span, &task);
    return;
  }
  int last = task.rank - 1;
  if (task.y_strides[last] == 1 && distance(task.x_strides[last]) > 1) {
    for (int d = 0; d < last; d++) {
      if (task.x_strides[d] != 1) continue;
      move_to(&task, d, last - 1);
      if (task.shape[last] < 4 || task.shape[last - 1] < 4) break; // slivers: a tile would be mostly edge
      task.tiles_h = d2l_ceil_div(task.shape[last - 1], TILE);
      task.tiles_w = d2l_ceil_div(task.shape[last], TILE);
      int64_t outer = total / (task.shape[last] * task.shape[last - 1]);
      d2l_parallel_for(outer * task.tiles_h * task.tiles_w, D2L_GRAIN_CHEAP / (TILE * TILE), copy_tiles, &task);
      return;
    }
  }
  d2l_parallel_for(total / task.shape[last], d2l_row_grain(D2L_GRAIN_CHEAP, task.shape[last]), copy_rows, &task);
}
