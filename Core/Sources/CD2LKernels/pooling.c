// Max and average pooling, each plane by itself.
//
// Means: for every tap of the window one pass over an output row's columns whose tap lies inside the image, so that inner loops have no conditions and become
// vector code. Maxima: the columns of the image are split by the residue of the stride and padded with minus infinity to whole vectors, so that a vector of outputs
// passes over all taps in registers.
#include "d2l_pooling.h"
#include "convolution_support.h"
#include "profile_support.h"
#include <math.h>
#include <string.h>

typedef struct {
  d2l_pooling shape;
  const void *x, *gy;
  const int32_t *index_in;
  void *y, *gx;
  int32_t *index;
  bool count_padding;
} pool_job;

/// Output positions [first, last) whose tap `offset` (kernel position minus padding) lies in [0, size).
typedef struct {
  int64_t first, last;
} pool_range;

static inline pool_range inside(int64_t offset, int64_t stride, int64_t size, int64_t out) {
  pool_range range;
  range.first = offset >= 0 ? 0 : d2l_ceil_div(-offset, stride);
  range.last = size - offset <= 0 ? 0 : d2l_min(out, d2l_ceil_div(size - offset, stride));
  if (range.first > range.last) range.first = range.last;
  return range;
}

typedef int32_t d2l_places_f __attribute__((vector_size(64), aligned(4)));
typedef int64_t d2l_places_d __attribute__((vector_size(64), aligned(8)));

#define REAL float
#define INDEX int32_t
#define NAME(x) x##_f
#define WIDTH 16
#include "pooling.inc"

#define REAL double
#define INDEX int64_t
#define NAME(x) x##_d
#define WIDTH 8
#include "pooling.inc"

typedef void (*pool_planes)(void *context, int64_t begin, int64_t end);

static void run(const char *operation, d2l_dtype type, pool_job *job, pool_planes of_float, pool_planes of_double) {
  if (type != D2L_FLOAT && type != D2L_DOUBLE) d2l_abort_type(operation, type);
  const int64_t each = d2l_max(job->shape.in_h * job->shape.in_w, job->shape.out_h * job->shape.out_w);
  d2l_parallel_for(job->shape.planes, d2l_row_grain(D2L_GRAIN_CHEAP, each), type == D2L_FLOAT ? of_float : of_double, job);
}

void d2l_max_pool2d(d2l_dtype type, const d2l_pooling *shape, const void *x, void *y, int32_t *index) {
  D2L_PROFILED("maxPool2d");
  pool_job job = {.shape = *shape, .x = x, .y = y, .index = index};
  run("d2l_max_pool2d", type, &job, max_forward_f, max_forward_d);
}

void d2l_max_pool2d_gradient(d2l_dtype type, const d2l_pooling *shape, const void *gy, const int32_t *index, void *gx) {
  D2L_PROFILED("maxPool2d");
  pool_job job = {.shape = *shape, .gy = gy, .gx = gx, .index_in = index};
  run("d2l_max_pool2d_gradient", type, &job, max_backward_f, max_backward_d);
}

void d2l_average_pool2d(d2l_dtype type, const d2l_pooling *shape, const void *x, void *y, bool count_padding) {
  D2L_PROFILED("avgPool2d");
  pool_job job = {.shape = *shape, .x = x, .y = y, .count_padding = count_padding};
  run("d2l_average_pool2d", type, &job, average_forward_f, average_forward_d);
}

void d2l_average_pool2d_gradient(d2l_dtype type, const d2l_pooling *shape, const void *gy, void *gx, bool count_padding) {
  D2L_PROFILED("avgPool2d");
  pool_job job = {.shape = *shape, .gy = gy, .gx = gx, .count_padding = count_padding};
  run("d2l_average_pool2d_gradient", type, &job, average_backward_f, average_backward_d);
}

void d2l_adaptive_average_pool2d(d2l_dtype type, const d2l_pooling *shape, const void *x, void *y) {
  D2L_PROFILED("adaptiveAvgPool2d");
  pool_job job = {.shape = *shape, .x = x, .y = y};
  run("d2l_adaptive_average_pool2d", type, &job, adaptive_forward_f, adaptive_forward_d);
}

void d2l_adaptive_average_pool2d_gradient(d2l_dtype type, const d2l_pooling *shape, const void *gy, void *gx) {
  D2L_PROFILED("adaptiveAvgPool2d");
  pool_job job = {.shape = *shape, .gy = gy, .gx = gx};
  run("d2l_adaptive_average_pool2d_gradient", type, &job, adaptive_backward_f, adaptive_backward_d);
}
