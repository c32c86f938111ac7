// Philox 4x32-10 and what is made of its words. Results are the same bits on every processor: only exactly rounded operations
// are used, and the compiler is told not to fuse a product with a sum, which rounds once where two operations round twice.
#pragma STDC FP_CONTRACT OFF

#include "d2l_random.h"
#include "vector_trigonometry.h"
#include "profile_support.h"

enum {
  BLOCKS = 256,                ///< blocks drawn at a time; their words stay in the nearest cache
  PIECE = D2L_GRAIN_MEDIUM,    ///< elements of a piece of a fill: a multiple of what a block yields
};

// --- Philox -----------------------------------------------------------------------------------------------------------

// Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (2011).
D2L_INLINE void philox(uint32_t key0, uint32_t key1, uint64_t block, uint32_t words[4]) {
  uint32_t c0 = (uint32_t)block, c1 = (uint32_t)(block >> 32), c2 = 0, c3 = 0;
  for (int round = 0; round < 10; round++) {
    uint64_t p0 = (uint64_t)0xD2511F53u * c0;
    uint64_t p1 = (uint64_t)0xCD9E8D57u * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ key0;
    c1 = (uint32_t)p1;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ key1;
    c3 = (uint32_t)p0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  words[0] = c0;
  words[1] = c1;
  words[2] = c2;
  words[3] = c3;
}

void d2l_philox(uint64_t seed, uint64_t block, uint32_t words[4]) {
  philox((uint32_t)seed, (uint32_t)(seed >> 32), block, words);
}

D2L_CLONES static void draw(uint64_t seed, uint64_t block, int64_t blocks, uint32_t *restrict words) {
  uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
  for (int64_t i = 0; i < blocks; i++) {
    uint32_t drawn[4];
    philox(key0, key1, block + (uint64_t)i, drawn);
    words[4 * i] = drawn[0];
    words[4 * i + 1] = drawn[1];
    words[4 * i + 2] = drawn[2];
    words[4 * i + 3] = drawn[3];
  }
}

// 64 bits of two words, the first the upper.
D2L_INLINE uint64_t pair(const uint32_t *words, int64_t i) { return (uint64_t)words[2 * i] << 32 | words[2 * i + 1]; }

// --- uniform ----------------------------------------------------------------------------------------------------------

// low + u (high - low) can round up to `high`, which is not to be reached: `last` is the number before it.
D2L_CLONES static void uniform_f(const uint32_t *words, float *x, int64_t count, float low, float width, float last) {
  for (int64_t i = 0; i < count; i++) {
    float value = low + (float)(int32_t)(words[i] >> 8) * 0x1p-24f * width;
    x[i] = value > last ? last : value;
  }
}

D2L_CLONES static void uniform_d(const uint32_t *words, double *x, int64_t count, double low, double width, double last) {
  for (int64_t i = 0; i < count; i++) {
    double value = low + (double)(int64_t)(pair(words, i) >> 11) * 0x1p-53 * width;
    x[i] = value > last ? last : value;
  }
}

// --- normal -----------------------------------------------------------------------------------------------------------

// Box and Muller: radius sqrt(-2 log u), angle 2 pi v. The angle's top bits, rounded, are its quadrant; what is left is exact,
// within an eighth of a turn. u has all bits of its word, so the tails reach 6.7 deviations (float) and 9.4 (double).
D2L_CLONES static void normal_f(const uint32_t *words, float *x, int64_t pairs, float mean, float deviation) {
  for (int64_t i = 0; i < pairs; i++) {
    float u = ((float)words[2 * i] + 0.5f) * 0x1p-32f;
    uint32_t angle = words[2 * i + 1];
    uint32_t quadrant = (angle + (1u << 29)) >> 30;
    float rest = (float)(int32_t)(angle - (quadrant << 30)) * (float)(6.28318530717958647693 * 0x1p-32);
    float radius = deviation * __builtin_sqrtf(-2 * d2l_log_f(u));
    float sine = d2l_sin_quarter_f(rest), cosine = d2l_cos_quarter_f(rest);
    float across = quadrant & 1 ? sine : cosine, along = quadrant & 1 ? cosine : sine;
    x[2 * i] = mean + radius * ((quadrant + 1) & 2 ? -across : across);
    x[2 * i + 1] = mean + radius * (quadrant & 2 ? -along : along);
  }
}

D2L_CLONES static void normal_d(const uint32_t *words, double *x, int64_t pairs, double mean, double deviation) {
  for (int64_t i = 0; i < pairs; i++) {
    double u = ((double)pair(words, 2 * i) + 0.5) * 0x1p-64;
    uint64_t angle = pair(words, 2 * i + 1);
    uint64_t quadrant = (angle + (1ull << 61)) >> 62;
    double rest = (double)(int64_t)(angle - (quadrant << 62)) * (6.28318530717958647693 * 0x1p-64);
    double radius = deviation * __builtin_sqrt(-2 * d2l_log_d(u));
    double sine = d2l_sin_quarter_d(rest), cosine = d2l_cos_quarter_d(rest);
    double across = quadrant & 1 ? sine : cosine, along = quadrant & 1 ? cosine : sine;
    x[2 * i] = mean + radius * ((quadrant + 1) & 2 ? -across : across);
    x[2 * i + 1] = mean + radius * (quadrant & 2 ? -along : along);
  }
}

// --- integers ---------------------------------------------------------------------------------------------------------

// The upper half of the product of 64 random bits and the size of the range: no rejection, a bias of range / 2^64.
D2L_INLINE uint64_t scaled(uint64_t bits, uint64_t range) { return (uint64_t)(((unsigned __int128)bits * range) >> 64); }

// The same for a range that fits in 32 bits, in products that vectors have.
D2L_INLINE uint64_t scaled_narrow(uint64_t bits, uint32_t range) {
  return ((bits >> 32) * range + ((uint64_t)(uint32_t)bits * range >> 32)) >> 32;
}

#define INTEGERS(T, suffix) \
  D2L_CLONES static void integers_##suffix(const uint32_t *words, T *x, int64_t count, int64_t low, uint64_t range) { \
    if (range <= UINT32_MAX) { \
      for (int64_t i = 0; i < count; i++) x[i] = (T)((uint64_t)low + scaled_narrow(pair(words, i), (uint32_t)range)); \
    } else { \
      for (int64_t i = 0; i < count; i++) x[i] = (T)((uint64_t)low + scaled(pair(words, i), range)); \
    } \
  }
INTEGERS(int32_t, i32)
INTEGERS(int64_t, i64)
INTEGERS(uint8_t, u8)
#undef INTEGERS

// --- dropout ----------------------------------------------------------------------------------------------------------

#define DROPOUT(T, suffix) \
  D2L_CLONES static void dropout_##suffix(const uint32_t *words, const T *x, T *y, int64_t count, uint32_t least, T scale) { \
    _Pragma("clang loop vectorize(assume_safety)") for (int64_t i = 0; i < count; i++) { \
      T kept = x[i] * scale; \
      y[i] = (words[i] >> 8) >= least ? kept : 0; \
    } \
  }
DROPOUT(float, f)
DROPOUT(double, d)
#undef DROPOUT

// --- fills ------------------------------------------------------------------------------------------------------------

typedef enum { UNIFORM, NORMAL, INTEGERS, DROPOUT } fill_kind;

typedef struct {
  fill_kind kind;
  d2l_dtype type;
  int64_t per_block; // elements
  const void *from;
  void *x;
  uint64_t seed, block;
  double a, b, last; // low, width, last; mean, deviation; scale
  int64_t low;
  uint64_t range;
  uint32_t least;
} fill_task;

static void transform(const fill_task *task, const uint32_t *words, int64_t first, int64_t count) {
  bool is_float = task->type == D2L_FLOAT;
  float *f = (float *)task->x + (is_float ? first : 0);
  double *d = (double *)task->x + (is_float ? 0 : first);
  switch (task->kind) {
  case UNIFORM:
    if (is_float) {
      uniform_f(words, f, count, (float)task->a, (float)task->b, (float)task->last);
    } else {
      uniform_d(words, d, count, task->a, task->b, task->last);
    }
    break;
  case NORMAL:
    if (is_float) {
      normal_f(words, f, count / 2, (float)task->a, (float)task->b);
    } else {
      normal_d(words, d, count / 2, task->a, task->b);
    }
    if (count % 2 != 0) { // half of a pair
      float both_f[2];
      double both_d[2];
      if (is_float) {
        normal_f(words + (count - 1), both_f, 1, (float)task->a, (float)task->b);
        f[count - 1] = both_f[0];
      } else {
        normal_d(words + 2 * (count - 1), both_d, 1, task->a, task->b);
        d[count - 1] = both_d[0];
      }
    }
    break;
  case INTEGERS:
    switch (task->type) {
    case D2L_INT32: integers_i32(words, (int32_t *)task->x + first, count, task->low, task->range); break;
    case D2L_INT64: integers_i64(words, (int64_t *)task->x + first, count, task->low, task->range); break;
    default: integers_u8(words, (uint8_t *)task->x + first, count, task->low, task->range); break;
    }
    break;
  case DROPOUT:
    if (is_float) {
      dropout_f(words, (const float *)task->from + first, f, count, task->least, (float)task->a);
    } else {
      dropout_d(words, (const double *)task->from + first, d, count, task->least, task->a);
    }
    break;
  }
}

static void fill_range(void *context, int64_t begin, int64_t end) {
  const fill_task *task = context;
  uint32_t words[4 * BLOCKS];
  int64_t batch = BLOCKS * task->per_block;
  for (int64_t first = begin; first < end; first += batch) {
    int64_t count = d2l_min(batch, end - first);
    draw(task->seed, task->block + (uint64_t)(first / task->per_block), d2l_ceil_div(count, task->per_block), words);
    transform(task, words, first, count);
  }
}

static void check_floats(const char *operation, d2l_dtype type) {
  if (type != D2L_FLOAT && type != D2L_DOUBLE) d2l_abort_type(operation, type);
}

uint64_t d2l_random_blocks(d2l_dtype type, int64_t count) {
  return (uint64_t)d2l_ceil_div(count, type == D2L_FLOAT ? 4 : 2);
}

void d2l_random_uniform(d2l_dtype type, void *x, int64_t count, uint64_t seed, uint64_t block, double low, double high) {
  D2L_PROFILED("random");
  check_floats("d2l_random_uniform", type);
  fill_task task = {.kind = UNIFORM, .type = type, .x = x, .seed = seed, .block = block, .a = low};
  if (type == D2L_FLOAT) {
    task.per_block = 4;
    task.b = (float)high - (float)low;
    task.last = high > low ? nextafterf((float)high, (float)low) : high;
  } else {
    task.per_block = 2;
    task.b = high - low;
    task.last = high > low ? nextafter(high, low) : high;
  }
  d2l_parallel_for(count, PIECE, fill_range, &task);
}

void d2l_random_normal(d2l_dtype type, void *x, int64_t count, uint64_t seed, uint64_t block, double mean, double deviation) {
  D2L_PROFILED("random");
  check_floats("d2l_random_normal", type);
  fill_task task = {.kind = NORMAL,
                    .type = type,
                    .per_block = type == D2L_FLOAT ? 4 : 2,
                    .x = x,
                    .seed = seed,
                    .block = block,
                    .a = mean,
                    .b = deviation};
  d2l_parallel_for(count, PIECE, fill_range, &task);
}

void d2l_random_integers(d2l_dtype type, void *x, int64_t count, uint64_t seed, uint64_t block, int64_t low, int64_t high) {
  D2L_PROFILED("random");
  if (type != D2L_INT32 && type != D2L_INT64 && type != D2L_UINT8) d2l_abort_type("d2l_random_integers", type);
  fill_task task = {.kind = INTEGERS,
                    .type = type,
                    .per_block = 2,
                    .x = x,
                    .seed = seed,
                    .block = block,
                    .low = low,
                    .range = (uint64_t)high - (uint64_t)low};
  d2l_parallel_for(count, PIECE, fill_range, &task);
}

void d2l_dropout(d2l_dtype type, const void *x, void *y, int64_t count, double p, uint64_t seed, uint64_t block) {
  D2L_PROFILED("dropout");
  check_floats("d2l_dropout", type);
  fill_task task = {.kind = DROPOUT,
                    .type = type,
                    .per_block = 4,
                    .from = x,
                    .x = y,
                    .seed = seed,
                    .block = block,
                    .a = p < 1 ? 1 / (1 - p) : 0,
                    .least = (uint32_t)ceil(p * 0x1p24)};
  d2l_parallel_for(count, PIECE, fill_range, &task);
}

void d2l_random_permutation(int64_t *x, int64_t count, uint64_t seed, uint64_t block) {
  D2L_PROFILED("random");
  for (int64_t i = 0; i < count; i++) x[i] = i;
  uint32_t words[4 * BLOCKS];
  for (int64_t drawn = 0; drawn + 1 < count; drawn++) {
    int64_t in_batch = drawn % (2 * BLOCKS);
    if (in_batch == 0) {
      draw(seed, block + (uint64_t)(drawn / 2), d2l_min(BLOCKS, d2l_ceil_div(count - drawn, 2)), words);
    }
    int64_t last = count - 1 - drawn;
    int64_t chosen = (int64_t)scaled(pair(words, in_batch), (uint64_t)last + 1);
    int64_t held = x[last];
    x[last] = x[chosen];
    x[chosen] = held;
  }
}
