// Sorting rows and choosing the first k, on keys: unsigned integers in the order wanted.
#include "d2l_index.h"
#include "kernel_support.h"
#include "profile_support.h"

#include <string.h>

enum { INSERTION_MOST = 32 };

typedef struct {
  d2l_dtype type;
  const void *x;
  void *y;
  int64_t *positions;
  int64_t count, k;
  bool descending, all;
} sort_task;

// The bits of a float order as sign and magnitude: negative ones are inverted, the others get the upper bit. -0 counts as 0.
// Descending keys are inverted, except that NaN is last in both directions.
#define FLOAT_KEY(T, K, suffix) \
  D2L_INLINE K key_##suffix(T x, bool descending) { \
    const K sign = (K)1 << (8 * sizeof(K) - 1); \
    T value = x + 0; \
    K bits; \
    memcpy(&bits, &value, sizeof bits); \
    K key = bits & sign ? ~bits : bits | sign; \
    key = descending ? ~key : key; \
    return x != x ? (K)-1 : key; \
  }
FLOAT_KEY(float, uint32_t, f)
FLOAT_KEY(double, uint64_t, d)

#define INTEGER_KEY(T, K, flip, suffix) \
  D2L_INLINE K key_##suffix(T x, bool descending) { \
    K key = (K)x ^ flip; \
    return descending ? (K)~key : key; \
  }
INTEGER_KEY(int32_t, uint32_t, 0x80000000u, i32)
INTEGER_KEY(int64_t, uint64_t, 0x8000000000000000u, i64)
INTEGER_KEY(uint8_t, uint8_t, 0, u8)

#define T float
#define K uint32_t
#define F(name) name##_f
#include "sort.inc"
#undef T
#undef K
#undef F

#define T double
#define K uint64_t
#define F(name) name##_d
#include "sort.inc"
#undef T
#undef K
#undef F

#define T int32_t
#define K uint32_t
#define F(name) name##_i32
#include "sort.inc"
#undef T
#undef K
#undef F

#define T int64_t
#define K uint64_t
#define F(name) name##_i64
#include "sort.inc"
#undef T
#undef K
#undef F

#define T uint8_t
#define K uint8_t
#define F(name) name##_u8
#include "sort.inc"
#undef T
#undef K
#undef F

static void sort_range(void *context, int64_t begin, int64_t end) {
  const sort_task *task = context;
  switch (task->type) {
#define CASE(name, suffix) \
  case name: (task->all ? sort_rows_##suffix : top_k_rows_##suffix)(task, begin, end); break;
    CASE(D2L_FLOAT, f)
    CASE(D2L_DOUBLE, d)
    CASE(D2L_INT32, i32)
    CASE(D2L_INT64, i64)
    CASE(D2L_UINT8, u8)
#undef CASE
  default: d2l_abort_type("d2l_sort", task->type);
  }
}

static void run(sort_task *task, int64_t rows) {
  if (task->count > UINT32_MAX) d2l_abort("d2l_sort", "rows of %lld elements are too long", (long long)task->count);
  d2l_parallel_for(rows, d2l_row_grain(D2L_GRAIN_DEAR, task->count), sort_range, task);
}

void d2l_sort(d2l_dtype type, const void *x, void *y, int64_t *positions, int64_t rows, int64_t count, bool descending) {
  D2L_PROFILED("sort");
  if (count == 0) return;
  sort_task task = {.type = type,
                    .x = x,
                    .y = y,
                    .positions = positions,
                    .count = count,
                    .k = count,
                    .descending = descending,
                    .all = true};
  run(&task, rows);
}

void d2l_top_k(d2l_dtype type, const void *x, void *y, int64_t *positions, int64_t rows, int64_t count, int64_t k,
               bool largest) {
  D2L_PROFILED("topK");
  if (k == 0) return;
  sort_task task = {
    .type = type, .x = x, .y = y, .positions = positions, .count = count, .k = k, .descending = largest};
  run(&task, rows);
}
