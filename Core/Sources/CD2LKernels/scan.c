// Running products and their gradient: one walk down each line and, for the gradient, one back.
#include "d2l_scan.h"
#include "kernel_support.h"
#include "profile_support.h"

typedef struct {
  d2l_dtype type;
  const void *x, *g;
  void *y;
  int64_t count, inner;
} scan_task;

#define PRODUCT(T, F)                                                                                                             \
  static void product_##F(const T *x, T *y, int64_t count, int64_t inner) {                                                       \
    for (int64_t k = 0; k < inner; k++) y[k] = x[k];                                                                              \
    for (int64_t i = inner; i < count * inner; i++) y[i] = (T)(y[i - inner] * x[i]);                                              \
  }
PRODUCT(float, f)
PRODUCT(double, d)
PRODUCT(uint32_t, i32) // unsigned: overflow wraps
PRODUCT(uint64_t, i64)
PRODUCT(uint8_t, u8)

// With r[i] = g[i] + x[i + 1] r[i + 1], gx[i] = (product of x before i) r[i].
#define GRADIENT(T, F)                                                                                                            \
  static void gradient_##F(const T *x, const T *g, T *gx, int64_t count, int64_t inner) {                                         \
    for (int64_t k = 0; k < inner; k++) {                                                                                         \
      T tail = 0, before = 1;                                                                                                     \
      for (int64_t i = count - 1; i >= 0; i--) {                                                                                  \
        const int64_t at = i * inner + k;                                                                                         \
        tail = g[at] + (i + 1 < count ? x[at + inner] * tail : 0);                                                                \
        gx[at] = tail;                                                                                                            \
      }                                                                                                                           \
      for (int64_t i = 0; i < count; i++) {                                                                                       \
        const int64_t at = i * inner + k;                                                                                         \
        gx[at] *= before;                                                                                                         \
        before *= x[at];                                                                                                          \
      }                                                                                                                           \
    }                                                                                                                             \
  }
GRADIENT(float, f)
GRADIENT(double, d)

static void product_range(void *context, int64_t begin, int64_t end) {
  const scan_task *task = context;
  const int64_t block = task->count * task->inner;
  for (int64_t o = begin; o < end; o++) {
    const int64_t at = o * block;
    switch (task->type) {
    case D2L_FLOAT: product_f((const float *)task->x + at, (float *)task->y + at, task->count, task->inner); break;
    case D2L_DOUBLE: product_d((const double *)task->x + at, (double *)task->y + at, task->count, task->inner); break;
    case D2L_INT32: product_i32((const uint32_t *)task->x + at, (uint32_t *)task->y + at, task->count, task->inner); break;
    case D2L_INT64: product_i64((const uint64_t *)task->x + at, (uint64_t *)task->y + at, task->count, task->inner); break;
    case D2L_UINT8: product_u8((const uint8_t *)task->x + at, (uint8_t *)task->y + at, task->count, task->inner); break;
    default: d2l_abort_type("d2l_cumulative_product", task->type);
    }
  }
}

static void gradient_range(void *context, int64_t begin, int64_t end) {
  const scan_task *task = context;
  const int64_t block = task->count * task->inner;
  for (int64_t o = begin; o < end; o++) {
    const int64_t at = o * block;
    if (task->type == D2L_FLOAT) {
      gradient_f((const float *)task->x + at, (const float *)task->g + at, (float *)task->y + at, task->count, task->inner);
    } else if (task->type == D2L_DOUBLE) {
      gradient_d((const double *)task->x + at, (const double *)task->g + at, (double *)task->y + at, task->count, task->inner);
    } else {
      d2l_abort_type("d2l_cumulative_product_gradient", task->type);
    }
  }
}

void d2l_cumulative_product(d2l_dtype type, const void *x, void *y, int64_t outer, int64_t count, int64_t inner) {
  D2L_PROFILED("cumulativeProduct");
  if (outer == 0 || count == 0 || inner == 0) return;
  scan_task task = {type, x, NULL, y, count, inner};
  d2l_parallel_for(outer, d2l_row_grain(D2L_GRAIN_CHEAP, count * inner), product_range, &task);
}

void d2l_cumulative_product_gradient(d2l_dtype type, const void *x, const void *g, void *gx, int64_t outer, int64_t count,
                                     int64_t inner) {
  D2L_PROFILED("cumulativeProduct");
  if (outer == 0 || count == 0 || inner == 0) return;
  scan_task task = {type, x, g, gx, count, inner};
  d2l_parallel_for(outer, d2l_row_grain(D2L_GRAIN_CHEAP, count * inner), gradient_range, &task);
}
