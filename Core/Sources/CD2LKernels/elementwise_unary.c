// y = op(x) and its derivative.
#include "d2l_elementwise.h"
#include "vector_trigonometry.h"
#include "profile_support.h"

#pragma clang diagnostic ignored "-Wpass-failed" // where the C library is called: erf of doubles, and turns beyond the limit

#define T float
#define F(name) name##_f
#define M(name) d2l_##name##_f
#define MATH(name) __builtin_##name##f
#include "elementwise_helpers.inc"
#include "elementwise_unary.inc"
#undef T
#undef F
#undef M
#undef MATH

#define T double
#define F(name) name##_d
#define M(name) d2l_##name##_d
#define MATH(name) __builtin_##name
#include "elementwise_helpers.inc"
#include "elementwise_unary.inc"
#undef T
#undef F
#undef M
#undef MATH

// --- integers --------------------------------------------------------------------------------------------------------

// Arithmetic wraps, so it is done on the unsigned type U.
#define INTEGER_UNARY(T, U, suffix) \
  D2L_CLONES static bool unary_##suffix(d2l_unary_op op, const T *x, T *y, int64_t count, T low, T high) { \
    switch (op) { \
    case D2L_NEG: INTEGER_LOOP(T, (T)(0 - (U)v)) \
    case D2L_ABS: INTEGER_LOOP(T, v < 0 ? (T)(0 - (U)v) : v) \
    case D2L_SIGN: INTEGER_LOOP(T, (T)((v > 0) - (v < 0))) \
    case D2L_SQUARE: INTEGER_LOOP(T, (T)((U)v * (U)v)) \
    case D2L_RELU: INTEGER_LOOP(T, v < 0 ? 0 : v) \
    case D2L_CLIP: INTEGER_LOOP(T, v < low ? (low > high ? high : low) : v > high ? high : v) \
    default: return false; \
    } \
  }
#define INTEGER_LOOP(T, result) \
  _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < count; i++) { \
    T v = x[i]; \
    y[i] = (result); \
  } \
  return true;
INTEGER_UNARY(int32_t, uint32_t, i32)
INTEGER_UNARY(int64_t, uint64_t, i64)
INTEGER_UNARY(uint8_t, uint32_t, u8)
#undef INTEGER_LOOP
#undef INTEGER_UNARY

D2L_CLONES static void not_bool(const uint8_t *x, uint8_t *y, int64_t count) {
#pragma clang loop vectorize(assume_safety)
  for (int64_t i = 0; i < count; i++) y[i] = x[i] ^ 1;
}

// --- dispatch --------------------------------------------------------------------------------------------------------

static bool is_cheap(d2l_unary_op op) {
  switch (op) {
  case D2L_NEG:
  case D2L_ABS:
  case D2L_SIGN:
  case D2L_SQUARE:
  case D2L_SQRT:
  case D2L_RSQRT:
  case D2L_RECIPROCAL:
  case D2L_FLOOR:
  case D2L_CEIL:
  case D2L_ROUND:
  case D2L_TRUNC:
  case D2L_RELU:
  case D2L_LEAKY_RELU:
  case D2L_CLIP:
  case D2L_IS_NAN:
  case D2L_IS_FINITE:
  case D2L_NOT: return true;
  default: return false;
  }
}

static int64_t grain_of(d2l_unary_op op) { return is_cheap(op) ? D2L_GRAIN_CHEAP : D2L_GRAIN_MEDIUM; }

typedef struct {
  d2l_dtype type;
  d2l_unary_op op;
  const void *g, *x, *y;
  void *result;
  double p0, p1;
} unary_task;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void unary_range(void *context, int64_t begin, int64_t end) {
  const unary_task *task = context;
  int64_t count = end - begin;
  size_t op = (size_t)task->op;
  if (task->type == D2L_FLOAT) {
    const float *x = (const float *)task->x + begin;
    if (op < COUNT(unary_loops_f)) {
      unary_loops_f[op](x, (float *)task->result + begin, count, (float)task->p0, (float)task->p1);
    } else if (task->op == D2L_IS_NAN) {
      test_is_nan_f(x, (uint8_t *)task->result + begin, count);
    } else {
      test_is_finite_f(x, (uint8_t *)task->result + begin, count);
    }
  } else if (task->type == D2L_DOUBLE) {
    const double *x = (const double *)task->x + begin;
    if (op < COUNT(unary_loops_d)) {
      unary_loops_d[op](x, (double *)task->result + begin, count, task->p0, task->p1);
    } else if (task->op == D2L_IS_NAN) {
      test_is_nan_d(x, (uint8_t *)task->result + begin, count);
    } else {
      test_is_finite_d(x, (uint8_t *)task->result + begin, count);
    }
  } else if (task->type == D2L_BOOL) {
    not_bool((const uint8_t *)task->x + begin, (uint8_t *)task->result + begin, count);
  } else {
    size_t offset = (size_t)begin * d2l_size(task->type);
    const char *x = (const char *)task->x + offset;
    char *y = (char *)task->result + offset;
    bool served = false;
    if (task->type == D2L_INT32) {
      served = unary_i32(task->op, (const int32_t *)x, (int32_t *)y, count, d2l_to_i32(task->p0), d2l_to_i32(task->p1));
    } else if (task->type == D2L_INT64) {
      served = unary_i64(task->op, (const int64_t *)x, (int64_t *)y, count, d2l_to_i64(task->p0), d2l_to_i64(task->p1));
    } else if (task->type == D2L_UINT8) {
      served = unary_u8(task->op, (const uint8_t *)x, (uint8_t *)y, count, d2l_to_u8(task->p0), d2l_to_u8(task->p1));
    }
    if (!served) d2l_abort_type("d2l_unary", task->type);
  }
}

void d2l_unary(d2l_dtype type, d2l_unary_op op, const void *x, void *y, int64_t count, double p0, double p1) {
  D2L_PROFILED(d2l_unary_name(op));
  if ((op == D2L_NOT) != (type == D2L_BOOL) || (unsigned)op > D2L_NOT) d2l_abort_type("d2l_unary", type);
  unary_task task = {.type = type, .op = op, .x = x, .result = y, .p0 = p0, .p1 = p1};
  d2l_parallel_for(count, grain_of(op), unary_range, &task);
}

static void gradient_range(void *context, int64_t begin, int64_t end) {
  const unary_task *task = context;
  int64_t count = end - begin;
#define AT(T, array) ((array) == NULL ? NULL : (T *)(array) + begin)
  if (task->type == D2L_FLOAT) {
    gradient_loops_f[task->op](AT(const float, task->g), AT(const float, task->x), AT(const float, task->y),
                               AT(float, task->result), count, (float)task->p0, (float)task->p1);
  } else {
    gradient_loops_d[task->op](AT(const double, task->g), AT(const double, task->x), AT(const double, task->y),
                               AT(double, task->result), count, task->p0, task->p1);
  }
#undef AT
}

void d2l_unary_gradient(d2l_dtype type, d2l_unary_op op, const void *g, const void *x, const void *y, void *dx,
                        int64_t count, double p0, double p1) {
  D2L_PROFILED(d2l_unary_name(op));
  if (type != D2L_FLOAT && type != D2L_DOUBLE) d2l_abort_type("d2l_unary_gradient", type);
  if ((size_t)op >= COUNT(gradient_loops_f) || gradient_loops_f[op] == NULL) {
    d2l_abort("d2l_unary_gradient", "operation %d has no gradient", (int)op);
  }
  unary_task task = {.type = type, .op = op, .g = g, .x = x, .y = y, .result = dx, .p0 = p0, .p1 = p1};
  d2l_parallel_for(count, grain_of(op), gradient_range, &task);
}
