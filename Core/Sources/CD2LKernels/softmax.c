// Softmax, log-softmax and cross-entropy. Rows (inner == 1) run along the row; otherwise a strip of the inner axis runs down the middle one.
#include "d2l_softmax.h"
#include "layer_support.h"
#include "vector_math.h"
#include "profile_support.h"
#include <math.h>

/// Elements taken together: partial maxima and sums have this many lanes whatever the processor, so that all processors with one kind of FMA agree.
#define LANES 16
/// Columns of a strip when inner > 1; what a strip needs stays in the first-level cache.
#define STRIP 64

typedef struct {
  const void *x, *y, *gy;
  void *out;
  int64_t outer, count, inner, strips;
  bool logarithm;
} softmax_job;

typedef struct {
  const void *logits, *class_weight, *gloss;
  const int64_t *targets;
  double smoothing, weight_sum;
  int64_t ignore, gloss_step, classes;
  void *losses, *log_sum_exp, *glogits;
} entropy_job;

#define REAL float
#define NAME(x) x##_f
#include "softmax.inc"

#define REAL double
#define NAME(x) x##_d
#include "softmax.inc"

typedef void (*softmax_range)(void *context, int64_t begin, int64_t end);

static void run(const char *operation, d2l_dtype type, softmax_job *job, softmax_range of_float, softmax_range of_double) {
  if (type != D2L_FLOAT && type != D2L_DOUBLE) d2l_abort_type(operation, type);
  if (job->count <= 0 || job->inner <= 0) return;
  job->strips = d2l_ceil_div(job->inner, STRIP);
  const int64_t units = job->outer * job->strips, each = job->count * d2l_min(job->inner, STRIP);
  d2l_parallel_for(units, d2l_row_grain(D2L_GRAIN_MEDIUM, each), type == D2L_FLOAT ? of_float : of_double, job);
}

void d2l_softmax(d2l_dtype type, const void *x, void *y, int64_t outer, int64_t count, int64_t inner) {
  D2L_PROFILED("softmax");
  softmax_job job = {.x = x, .out = y, .outer = outer, .count = count, .inner = inner, .logarithm = false};
  run("d2l_softmax", type, &job, forward_f, forward_d);
}

void d2l_log_softmax(d2l_dtype type, const void *x, void *y, int64_t outer, int64_t count, int64_t inner) {
  D2L_PROFILED("logSoftmax");
  softmax_job job = {.x = x, .out = y, .outer = outer, .count = count, .inner = inner, .logarithm = true};
  run("d2l_log_softmax", type, &job, forward_f, forward_d);
}

void d2l_softmax_gradient(d2l_dtype type, const void *y, const void *gy, void *gx, int64_t outer, int64_t count, int64_t inner) {
  D2L_PROFILED("softmax");
  softmax_job job = {.y = y, .gy = gy, .out = gx, .outer = outer, .count = count, .inner = inner, .logarithm = false};
  run("d2l_softmax_gradient", type, &job, backward_f, backward_d);
}

void d2l_log_softmax_gradient(d2l_dtype type, const void *y, const void *gy, void *gx, int64_t outer, int64_t count, int64_t inner) {
  D2L_PROFILED("logSoftmax");
  softmax_job job = {.y = y, .gy = gy, .out = gx, .outer = outer, .count = count, .inner = inner, .logarithm = true};
  run("d2l_log_softmax_gradient", type, &job, backward_f, backward_d);
}

static void run_entropy(const char *operation, d2l_dtype type, entropy_job *job, int64_t rows, softmax_range of_float,
                        softmax_range of_double) {
  if (type != D2L_FLOAT && type != D2L_DOUBLE) d2l_abort_type(operation, type);
  if (rows <= 0 || job->classes <= 0) return;
  job->weight_sum = (double)job->classes;
  if (job->class_weight != NULL && job->smoothing != 0) {
    job->weight_sum = 0;
    for (int64_t i = 0; i < job->classes; i++)
      job->weight_sum += type == D2L_FLOAT ? ((const float *)job->class_weight)[i] : ((const double *)job->class_weight)[i];
  }
  d2l_parallel_for(rows, d2l_row_grain(D2L_GRAIN_MEDIUM, job->classes), type == D2L_FLOAT ? of_float : of_double, job);
}

void d2l_cross_entropy(d2l_dtype type, const void *logits, const int64_t *targets, const void *class_weight, double smoothing,
                       int64_t ignore, void *losses, void *log_sum_exp, int64_t rows, int64_t classes) {
  D2L_PROFILED("crossEntropy");
  entropy_job job = {.logits = logits, .class_weight = class_weight, .targets = targets, .smoothing = smoothing, .ignore = ignore,
                     .classes = classes, .losses = losses, .log_sum_exp = log_sum_exp};
  run_entropy("d2l_cross_entropy", type, &job, rows, entropy_f, entropy_d);
}

void d2l_cross_entropy_gradient(d2l_dtype type, const void *logits, const int64_t *targets, const void *class_weight,
                                double smoothing, int64_t ignore, const void *log_sum_exp, const void *gloss, int64_t gloss_step,
                                void *glogits, int64_t rows, int64_t classes) {
  D2L_PROFILED("crossEntropy");
  entropy_job job = {.logits = logits, .class_weight = class_weight, .targets = targets, .smoothing = smoothing, .ignore = ignore,
                     .classes = classes, .log_sum_exp = (void *)log_sum_exp, .gloss = gloss, .gloss_step = gloss_step,
                     .glogits = glogits};
  run_entropy("d2l_cross_entropy_gradient", type, &job, rows, entropy_gradient_f, entropy_gradient_d);
}
