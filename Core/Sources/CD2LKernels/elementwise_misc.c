// Selecting, filling, converting.
#include "d2l_elementwise.h"
#include "kernel_support.h"
#include "profile_support.h"

#include <string.h>

// --- select -----------------------------------------------------------------------------------------------------------

// Choosing moves bits: elements of the same size share a loop.
#define SELECT(T, suffix) \
  D2L_CLONES static void select_##suffix(const uint8_t *condition, const T *x, const T *y, T *z, int64_t count) { \
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < count; i++) { \
      T a = x[i], b = y[i]; \
      z[i] = condition[i] ? a : b; \
    } \
  }
SELECT(uint8_t, 1)
SELECT(uint32_t, 4)
SELECT(uint64_t, 8)
#undef SELECT

typedef struct {
  size_t size;
  const uint8_t *condition;
  const char *x, *y;
  char *z;
} select_task;

static void select_range(void *context, int64_t begin, int64_t end) {
  const select_task *task = context;
  size_t offset = (size_t)begin * task->size;
  const void *x = task->x + offset;
  const void *y = task->y + offset;
  void *z = task->z + offset;
  switch (task->size) {
  case 1: select_1(task->condition + begin, x, y, z, end - begin); break;
  case 4: select_4(task->condition + begin, x, y, z, end - begin); break;
  default: select_8(task->condition + begin, x, y, z, end - begin); break;
  }
}

void d2l_select(d2l_dtype type, const void *condition, const void *x, const void *y, void *z, int64_t count) {
  D2L_PROFILED("select");
  select_task task = {.size = d2l_size(type), .condition = condition, .x = x, .y = y, .z = z};
  d2l_parallel_for(count, D2L_GRAIN_CHEAP, select_range, &task);
}

// --- axpy -------------------------------------------------------------------------------------------------------------

#define AXPY(T, suffix) \
  D2L_CLONES static void axpy_##suffix(T a, const T *x, T *y, int64_t count) { \
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < count; i++) y[i] += a * x[i]; \
  }
AXPY(float, f)
AXPY(double, d)
#undef AXPY

typedef struct {
  d2l_dtype type;
  double a;
  const void *x;
  void *y;
} axpy_task;

static void axpy_range(void *context, int64_t begin, int64_t end) {
  const axpy_task *task = context;
  if (task->type == D2L_FLOAT) {
    axpy_f((float)task->a, (const float *)task->x + begin, (float *)task->y + begin, end - begin);
  } else {
    axpy_d(task->a, (const double *)task->x + begin, (double *)task->y + begin, end - begin);
  }
}

void d2l_axpy(d2l_dtype type, double a, const void *x, void *y, int64_t count) {
  D2L_PROFILED("add");
  if (type != D2L_FLOAT && type != D2L_DOUBLE) d2l_abort_type("d2l_axpy", type);
  axpy_task task = {type, a, x, y};
  d2l_parallel_for(count, D2L_GRAIN_CHEAP, axpy_range, &task);
}

// --- fill and arange --------------------------------------------------------------------------------------------------

#define FILL(T, suffix) \
  D2L_CLONES static void fill_##suffix(T *x, T value, int64_t count) { \
    for (int64_t i = 0; i < count; i++) x[i] = value; \
  } \
  D2L_CLONES static void arange_##suffix(T *x, double start, double step, int64_t begin, int64_t count) { \
    _Pragma("STDC FP_CONTRACT OFF") /* the same numbers on every processor */ \
    for (int64_t i = 0; i < count; i++) x[i] = TO_##suffix(start + (double)(begin + i) * step); \
  }
#define TO_f(value) (float)(value)
#define TO_d(value) (value)
#define TO_i32(value) d2l_to_i32(value)
#define TO_i64(value) d2l_to_i64(value)
#define TO_u8(value) d2l_to_u8(value)
FILL(float, f)
FILL(double, d)
FILL(int32_t, i32)
FILL(int64_t, i64)
FILL(uint8_t, u8)
#undef FILL

typedef struct {
  d2l_dtype type;
  void *x;
  double start, step;
  bool constant;
} fill_task;

static void fill_range(void *context, int64_t begin, int64_t end) {
  const fill_task *task = context;
  int64_t count = end - begin;
  double value = task->start;
  switch (task->type) {
#define CASE(name, T, suffix) \
  case name: \
    if (task->constant) { \
      fill_##suffix((T *)task->x + begin, TO_##suffix(value), count); \
    } else { \
      arange_##suffix((T *)task->x + begin, value, task->step, begin, count); \
    } \
    break;
    CASE(D2L_FLOAT, float, f)
    CASE(D2L_DOUBLE, double, d)
    CASE(D2L_INT32, int32_t, i32)
    CASE(D2L_INT64, int64_t, i64)
    CASE(D2L_UINT8, uint8_t, u8)
#undef CASE
  case D2L_BOOL: memset((uint8_t *)task->x + begin, value != 0, (size_t)count); break;
  }
}

void d2l_fill(d2l_dtype type, void *x, double value, int64_t count) {
  D2L_PROFILED("fill");
  fill_task task = {.type = type, .x = x, .start = value, .constant = true};
  d2l_parallel_for(count, D2L_GRAIN_CHEAP, fill_range, &task);
}

void d2l_arange(d2l_dtype type, void *x, double start, double step, int64_t count) {
  D2L_PROFILED("arange");
  if (type == D2L_BOOL) d2l_abort_type("d2l_arange", type);
  fill_task task = {.type = type, .x = x, .start = start, .step = step};
  d2l_parallel_for(count, D2L_GRAIN_CHEAP, fill_range, &task);
}

// --- convert ----------------------------------------------------------------------------------------------------------

#define TO_bool(value) ((value) != 0)
// Between integers, larger values saturate as well; a double holds all of the smaller types exactly.
#define I64_TO_I32(v) (int32_t)((v) < INT32_MIN ? INT32_MIN : (v) > INT32_MAX ? INT32_MAX : (v))
#define TO_BYTE(v) (uint8_t)((v) < 0 ? 0 : (v) > 255 ? 255 : (v))

#define CONVERT(A, a, B, b, result) \
  D2L_CLONES static void convert_##a##_##b(const void *from, void *to, int64_t count) { \
    const A *x = from; \
    B *y = to; \
    for (int64_t i = 0; i < count; i++) { \
      A v = x[i]; \
      y[i] = (result); \
    } \
  }
CONVERT(float, f, double, d, v)
CONVERT(float, f, int32_t, i32, d2l_to_i32(v))
CONVERT(float, f, int64_t, i64, d2l_to_i64(v))
CONVERT(float, f, uint8_t, u8, d2l_to_u8(v))
CONVERT(float, f, uint8_t, bool, v != 0)
CONVERT(double, d, float, f, (float)v)
CONVERT(double, d, int32_t, i32, d2l_to_i32(v))
CONVERT(double, d, int64_t, i64, d2l_to_i64(v))
CONVERT(double, d, uint8_t, u8, d2l_to_u8(v))
CONVERT(double, d, uint8_t, bool, v != 0)
CONVERT(int32_t, i32, float, f, (float)v)
CONVERT(int32_t, i32, double, d, v)
CONVERT(int32_t, i32, int64_t, i64, v)
CONVERT(int32_t, i32, uint8_t, u8, TO_BYTE(v))
CONVERT(int32_t, i32, uint8_t, bool, v != 0)
CONVERT(int64_t, i64, float, f, (float)v)
CONVERT(int64_t, i64, double, d, (double)v)
CONVERT(int64_t, i64, int32_t, i32, I64_TO_I32(v))
CONVERT(int64_t, i64, uint8_t, u8, TO_BYTE(v))
CONVERT(int64_t, i64, uint8_t, bool, v != 0)
CONVERT(uint8_t, u8, float, f, v)
CONVERT(uint8_t, u8, double, d, v)
CONVERT(uint8_t, u8, int32_t, i32, v)
CONVERT(uint8_t, u8, int64_t, i64, v)
CONVERT(uint8_t, u8, uint8_t, bool, v != 0)
#undef CONVERT

typedef void (*convert_loop)(const void *from, void *to, int64_t count);
// Bool is a byte of 0 or 1: it converts as UInt8 does. NULL copies.
static const convert_loop convert_loops[6][6] = {
  [D2L_FLOAT] = {NULL, convert_f_d, convert_f_i32, convert_f_i64, convert_f_u8, convert_f_bool},
  [D2L_DOUBLE] = {convert_d_f, NULL, convert_d_i32, convert_d_i64, convert_d_u8, convert_d_bool},
  [D2L_INT32] = {convert_i32_f, convert_i32_d, NULL, convert_i32_i64, convert_i32_u8, convert_i32_bool},
  [D2L_INT64] = {convert_i64_f, convert_i64_d, convert_i64_i32, NULL, convert_i64_u8, convert_i64_bool},
  [D2L_UINT8] = {convert_u8_f, convert_u8_d, convert_u8_i32, convert_u8_i64, NULL, convert_u8_bool},
  [D2L_BOOL] = {convert_u8_f, convert_u8_d, convert_u8_i32, convert_u8_i64, NULL, NULL},
};

typedef struct {
  convert_loop loop;
  const char *x;
  char *y;
  size_t x_size, y_size;
} convert_task;

static void convert_range(void *context, int64_t begin, int64_t end) {
  const convert_task *task = context;
  const char *x = task->x + (size_t)begin * task->x_size;
  char *y = task->y + (size_t)begin * task->y_size;
  if (task->loop == NULL) {
    memcpy(y, x, (size_t)(end - begin) * task->x_size);
  } else {
    task->loop(x, y, end - begin);
  }
}

void d2l_convert(d2l_dtype from, const void *x, d2l_dtype to, void *y, int64_t count) {
  D2L_PROFILED("converted");
  if (x == y && from == to) return;
  convert_task task = {
    .loop = convert_loops[from][to], .x = x, .y = y, .x_size = d2l_size(from), .y_size = d2l_size(to)};
  d2l_parallel_for(count, D2L_GRAIN_CHEAP, convert_range, &task);
}
