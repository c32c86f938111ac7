// Batch normalisation (Ioffe and Szegedy 2015) and layer normalisation (Ba, Kiros and Hinton 2016), each direction in one call.
//
// Sums run in LANES partial sums of the element type and are folded in double once per RUN, which keeps long sums exact at the speed of a plain loop. The variance is taken around the mean in a second pass: the data of one channel's plane, or of one row, is still in the cache then.
#include "d2l_normalization.h"
#include "layer_support.h"
#include "profile_support.h"
#include <math.h>

#define LANES 32
/// Elements summed in the element type before the lanes are folded into doubles.
#define RUN 4096

/// How many channels go together: with one element a channel (after a linear layer) the lanes run over channels instead.
static int64_t channel_group(int64_t spatial) { return spatial == 1 ? LANES : 1; }

typedef struct {
  const void *x, *weight, *bias, *gy, *mean_in, *variance_in, *inverse_in;
  void *y, *mean, *variance, *inverse, *gx, *gweight, *gbias;
  double epsilon;
  int64_t batch, channels, spatial;
} norm_job;

#define REAL float
#define NAME(x) x##_f
#include "normalization.inc"

#define REAL double
#define NAME(x) x##_d
#include "normalization.inc"

typedef void (*norm_range)(void *context, int64_t begin, int64_t end);

static void run(const char *operation, d2l_dtype type, norm_job *job, int64_t units, int64_t each, norm_range of_float,
                norm_range of_double) {
  if (type != D2L_FLOAT && type != D2L_DOUBLE) d2l_abort_type(operation, type);
  d2l_parallel_for(units, d2l_row_grain(D2L_GRAIN_CHEAP, each), type == D2L_FLOAT ? of_float : of_double, job);
}

void d2l_batch_norm_train(d2l_dtype type, const void *x, const void *weight, const void *bias, double epsilon, void *y, void *mean,
                          void *variance, void *inverse_deviation, int64_t batch, int64_t channels, int64_t spatial) {
  D2L_PROFILED("batchNorm");
  norm_job job = {.x = x, .weight = weight, .bias = bias, .epsilon = epsilon, .y = y, .mean = mean, .variance = variance,
                  .inverse = inverse_deviation, .batch = batch, .channels = channels, .spatial = spatial};
  const int64_t groups = d2l_ceil_div(channels, channel_group(spatial));
  run("d2l_batch_norm_train", type, &job, groups, batch * spatial * channel_group(spatial), batch_train_f, batch_train_d);
}

void d2l_batch_norm_infer(d2l_dtype type, const void *x, const void *mean, const void *variance, const void *weight,
                          const void *bias, double epsilon, void *y, int64_t batch, int64_t channels, int64_t spatial) {
  D2L_PROFILED("batchNorm");
  norm_job job = {.x = x, .weight = weight, .bias = bias, .epsilon = epsilon, .y = y, .mean_in = mean, .variance_in = variance,
                  .batch = batch, .channels = channels, .spatial = spatial};
  run("d2l_batch_norm_infer", type, &job, batch * channels, spatial, batch_infer_f, batch_infer_d);
}

void d2l_batch_norm_gradient(d2l_dtype type, const void *x, const void *weight, const void *mean, const void *inverse_deviation,
                             const void *gy, void *gx, void *gweight, void *gbias, int64_t batch, int64_t channels,
                             int64_t spatial) {
  D2L_PROFILED("batchNorm");
  norm_job job = {.x = x, .weight = weight, .mean_in = mean, .inverse_in = inverse_deviation, .gy = gy, .gx = gx,
                  .gweight = gweight, .gbias = gbias, .batch = batch, .channels = channels, .spatial = spatial};
  const int64_t groups = d2l_ceil_div(channels, channel_group(spatial));
  run("d2l_batch_norm_gradient", type, &job, groups, batch * spatial * channel_group(spatial), batch_gradient_f,
      batch_gradient_d);
}

void d2l_layer_norm(d2l_dtype type, const void *x, const void *weight, const void *bias, double epsilon, void *y, void *mean,
                    void *inverse_deviation, int64_t rows, int64_t count) {
  D2L_PROFILED("layerNorm");
  norm_job job = {.x = x, .weight = weight, .bias = bias, .epsilon = epsilon, .y = y, .mean = mean, .inverse = inverse_deviation,
                  .batch = rows, .spatial = count};
  run("d2l_layer_norm", type, &job, rows, count, layer_forward_f, layer_forward_d);
}

void d2l_layer_norm_gradient(d2l_dtype type, const void *x, const void *weight, const void *mean, const void *inverse_deviation,
                             const void *gy, void *gx, void *gweight, void *gbias, int64_t rows, int64_t count) {
  D2L_PROFILED("layerNorm");
  norm_job job = {.x = x, .weight = weight, .mean_in = mean, .inverse_in = inverse_deviation, .gy = gy, .gx = gx,
                  .gweight = gweight, .gbias = gbias, .batch = rows, .spatial = count};
  if (gx != NULL) run("d2l_layer_norm_gradient", type, &job, rows, count, layer_gradient_f, layer_gradient_d);
  if (gweight != NULL || gbias != NULL)
    run("d2l_layer_norm_gradient", type, &job, d2l_ceil_div(count, LANES), rows * LANES, layer_columns_f, layer_columns_d);
}
