// z = op(x, y): dense, with a number, and broadcast.
#include "d2l_elementwise.h"
#include "vector_trigonometry.h"
#include "profile_support.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wpass-failed" // remainders and the double forms of pow and atan2 are calls

typedef struct {
  int64_t rows, count;
  int64_t x_row, x_step, y_row, y_step;
} binary_steps;

typedef void (*binary_loop)(const void *x, const void *y, void *z, const binary_steps *steps);

// --- division ---------------------------------------------------------------------------------------------------------

// The remainder takes the sign of the divisor, and floor_div goes with it: a = b floor_div(a, b) + remainder(a, b).
#define FLOAT_DIVISION(T, suffix, fmod, floor, copysign) \
  D2L_INLINE T float_remainder_##suffix(T a, T b) { \
    T r = fmod(a, b); \
    return r != 0 && (r < 0) != (b < 0) ? r + b : r; \
  } \
  D2L_INLINE T float_floor_div_##suffix(T a, T b) { \
    if (b == 0) return a / b; \
    T r = fmod(a, b); \
    T q = (a - r) / b; \
    if (r != 0 && (r < 0) != (b < 0)) q -= 1; \
    if (q == 0) return copysign(0, a / b); \
    T whole = floor(q); \
    return q - whole > (T)0.5 ? whole + 1 : whole; \
  }
FLOAT_DIVISION(float, f, fmodf, floorf, copysignf)
FLOAT_DIVISION(double, d, fmod, floor, copysign)

// Dividing the least integer by -1 overflows, which traps; -1 is handled apart.
#define INTEGER_DIVISION(T, U, suffix) \
  D2L_INLINE T integer_remainder_##suffix(T a, T b) { \
    if (b == (T)-1 && (T)-1 < 0) return 0; \
    T r = a % b; \
    return r != 0 && (r < 0) != (b < 0) ? r + b : r; \
  } \
  D2L_INLINE T integer_floor_div_##suffix(T a, T b) { \
    if (b == (T)-1 && (T)-1 < 0) return (T)(0 - (U)a); \
    T q = a / b; \
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q; \
  }
INTEGER_DIVISION(int32_t, uint32_t, i32)
INTEGER_DIVISION(int64_t, uint64_t, i64)
INTEGER_DIVISION(uint8_t, uint32_t, u8)

// --- the loops --------------------------------------------------------------------------------------------------------

#define IS_BOOL 0
#define IS_FLOAT 1

#define T float
#define F(name) name##_f
#define M(name) d2l_##name##_f
#include "elementwise_binary.inc"
#undef T
#undef F
#undef M

#define T double
#define F(name) name##_d
#define M(name) d2l_##name##_d
#include "elementwise_binary.inc"
#undef T
#undef F
#undef M

#undef IS_FLOAT
#define IS_FLOAT 0

#define T int32_t
#define U uint32_t
#define F(name) name##_i32
#include "elementwise_binary.inc"
#undef T
#undef U
#undef F

#define T int64_t
#define U uint64_t
#define F(name) name##_i64
#include "elementwise_binary.inc"
#undef T
#undef U
#undef F

#define T uint8_t
#define U uint32_t
#define F(name) name##_u8
#include "elementwise_binary.inc"
#undef F

#undef IS_BOOL
#define IS_BOOL 1
#define F(name) name##_bool
#include "elementwise_binary.inc"
#undef T
#undef U
#undef F

// --- dispatch ---------------------------------------------------------------------------------------------------------

static binary_loop loop_of(d2l_dtype type, d2l_binary_op op) {
  static const binary_loop *const loops[] = {
    [D2L_FLOAT] = binary_loops_f,   [D2L_DOUBLE] = binary_loops_d, [D2L_INT32] = binary_loops_i32,
    [D2L_INT64] = binary_loops_i64, [D2L_UINT8] = binary_loops_u8, [D2L_BOOL] = binary_loops_bool,
  };
  if ((unsigned)type > D2L_BOOL || (unsigned)op > D2L_XOR || loops[type][op] == NULL) d2l_abort_type("d2l_binary", type);
  return loops[type][op];
}

static int64_t grain_of(d2l_binary_op op) {
  switch (op) {
  case D2L_POW:
  case D2L_ATAN2:
  case D2L_REMAINDER:
  case D2L_FLOOR_DIV: return D2L_GRAIN_DEAR;
  default: return D2L_GRAIN_CHEAP;
  }
}

// The result is Bool for comparisons, one byte an element.
static size_t result_size(d2l_dtype type, d2l_binary_op op) { return op >= D2L_EQ ? 1 : d2l_size(type); }

typedef struct {
  binary_loop loop;
  const char *x, *y;
  char *z;
  size_t size, z_size;
  int64_t x_step, y_step;
} dense_task;

static void dense_range(void *context, int64_t begin, int64_t end) {
  const dense_task *task = context;
  binary_steps steps = {.rows = 1, .count = end - begin, .x_step = task->x_step, .y_step = task->y_step};
  task->loop(task->x + (size_t)(begin * task->x_step) * task->size, task->y + (size_t)(begin * task->y_step) * task->size,
             task->z + (size_t)begin * task->z_size, &steps);
}

static void run_dense(d2l_dtype type, d2l_binary_op op, const void *x, int64_t x_step, const void *y, int64_t y_step,
                      void *z, int64_t count) {
  dense_task task = {.loop = loop_of(type, op),
                     .x = x,
                     .y = y,
                     .z = z,
                     .size = d2l_size(type),
                     .z_size = result_size(type, op),
                     .x_step = x_step,
                     .y_step = y_step};
  d2l_parallel_for(count, grain_of(op), dense_range, &task);
}

void d2l_binary(d2l_dtype type, d2l_binary_op op, const void *x, const void *y, void *z, int64_t count) {
  D2L_PROFILED(d2l_binary_name(op));
  run_dense(type, op, x, 1, y, 1, z, count);
}

void d2l_binary_scalar(d2l_dtype type, d2l_binary_op op, const void *x, double scalar, bool reversed, void *z,
                       int64_t count) {
  D2L_PROFILED(d2l_binary_name(op));
  union {
    float f;
    double d;
    int32_t i32;
    int64_t i64;
    uint8_t u8;
  } number;
  switch (type) {
  case D2L_FLOAT: number.f = (float)scalar; break;
  case D2L_DOUBLE: number.d = scalar; break;
  case D2L_INT32: number.i32 = d2l_to_i32(scalar); break;
  case D2L_INT64: number.i64 = d2l_to_i64(scalar); break;
  case D2L_UINT8: number.u8 = d2l_to_u8(scalar); break;
  case D2L_BOOL: number.u8 = scalar != 0; break;
  }
  if (reversed) {
    run_dense(type, op, &number, 0, x, 1, z, count);
  } else {
    run_dense(type, op, x, 1, &number, 0, z, count);
  }
}

// --- broadcasting -----------------------------------------------------------------------------------------------------

typedef struct {
  binary_loop loop;
  const char *x, *y;
  char *z;
  size_t size, z_size;
  int rank; // of the dimensions outside a row
  int64_t count;
  int64_t shape[D2L_MAX_RANK], x_strides[D2L_MAX_RANK], y_strides[D2L_MAX_RANK];
} strided_task;

// Rows begin ..< end, where a row is the innermost dimension and the one outside it is walked by the loop itself.
static void strided_range(void *context, int64_t begin, int64_t end) {
  const strided_task *task = context;
  int last = task->rank - 1;
  int64_t position[D2L_MAX_RANK];
  int64_t x = 0, y = 0;
  int64_t rest = begin;
  for (int d = last; d >= 0; d--) {
    position[d] = rest % task->shape[d];
    rest /= task->shape[d];
    x += position[d] * task->x_strides[d];
    y += position[d] * task->y_strides[d];
  }
  for (int64_t row = begin; row < end;) {
    int64_t rows = d2l_min(end - row, task->shape[last] - position[last]);
    binary_steps steps = {.rows = rows,
                          .count = task->count,
                          .x_row = task->x_strides[last],
                          .x_step = task->x_strides[last + 1],
                          .y_row = task->y_strides[last],
                          .y_step = task->y_strides[last + 1]};
    task->loop(task->x + x * (int64_t)task->size, task->y + y * (int64_t)task->size,
               task->z + (size_t)(row * task->count) * task->z_size, &steps);
    row += rows;
    position[last] += rows;
    x += rows * task->x_strides[last];
    y += rows * task->y_strides[last];
    for (int d = last; d > 0 && position[d] == task->shape[d]; d--) {
      x += task->x_strides[d - 1] - position[d] * task->x_strides[d];
      y += task->y_strides[d - 1] - position[d] * task->y_strides[d];
      position[d] = 0;
      position[d - 1]++;
    }
  }
}

// An operand that is read across its rows is worth a transposed copy first: blocks copy several times faster than elements
// load one by one.
static bool reads_across(const strided_task *task, const int64_t *strides, int kept) {
  if (strides[kept - 1] == 0 || strides[kept - 1] == 1) return false;
  for (int d = 0; d < kept - 1; d++) {
    if (strides[d] == 1 && task->shape[d] >= 8 && task->shape[kept - 1] >= 8) return true;
  }
  return false;
}

static void *copied(d2l_dtype type, const void *x, const strided_task *task, int64_t *strides, int kept, size_t bytes) {
  void *copy = d2l_allocate(bytes);
  int64_t dense[D2L_MAX_RANK];
  dense[kept - 1] = 1;
  for (int d = kept - 2; d >= 0; d--) dense[d] = dense[d + 1] * task->shape[d + 1];
  d2l_copy_strided(type, x, strides, copy, dense, kept, task->shape);
  memcpy(strides, dense, sizeof dense);
  return copy;
}

void d2l_binary_strided(d2l_dtype type, d2l_binary_op op, const void *x, const int64_t *x_strides, const void *y,
                        const int64_t *y_strides, void *z, int rank, const int64_t *shape) {
  D2L_PROFILED(d2l_binary_name(op));
  strided_task task = {
    .loop = loop_of(type, op), .x = x, .y = y, .z = z, .size = d2l_size(type), .z_size = result_size(type, op)};
  // Dimensions of one element vanish; a dimension joins the one before it where both operands step evenly across them.
  int kept = 0;
  int64_t total = 1;
  for (int d = 0; d < rank; d++) {
    total *= shape[d];
    if (shape[d] == 1) continue;
    if (kept > 0 && task.x_strides[kept - 1] == x_strides[d] * shape[d] &&
        task.y_strides[kept - 1] == y_strides[d] * shape[d]) {
      kept--;
      task.shape[kept] *= shape[d];
    } else {
      task.shape[kept] = shape[d];
    }
    task.x_strides[kept] = x_strides[d];
    task.y_strides[kept] = y_strides[d];
    kept++;
  }
  if (total == 0) return;
  if (kept <= 1) {
    run_dense(type, op, x, kept == 0 ? 1 : task.x_strides[0], y, kept == 0 ? 1 : task.y_strides[0], z, total);
    return;
  }
  size_t bytes = (size_t)total * task.size;
  void *x_copy = NULL, *y_copy = NULL;
  if (reads_across(&task, task.x_strides, kept)) task.x = x_copy = copied(type, x, &task, task.x_strides, kept, bytes);
  if (reads_across(&task, task.y_strides, kept)) task.y = y_copy = copied(type, y, &task, task.y_strides, kept, bytes);
  task.rank = kept - 1;
  task.count = task.shape[kept - 1];
  d2l_parallel_for(total / task.count, d2l_row_grain(grain_of(op), task.count), strided_range, &task);
  d2l_free(x_copy, bytes);
  d2l_free(y_copy, bytes);
}
