// Bags of table rows, one bag after the other in a thread.
#include "d2l_embedding.h"
#include "layer_support.h"
#include "profile_support.h"

typedef struct {
  const d2l_bags *bags;
  const void *from, *weights;
  void *to;
  int64_t *chosen;
} bag_job;

#define REAL float
#define NAME(x) x##_f
#include "embedding.inc"

#define REAL double
#define NAME(x) x##_d
#include "embedding.inc"

static int64_t grain(const d2l_bags *bags) {
  const int64_t rows = d2l_ceil_div(bags->starts[bags->bags] - bags->starts[0], d2l_max(1, bags->bags));
  return d2l_row_grain(D2L_GRAIN_CHEAP, d2l_max(1, rows) * bags->width);
}

static void run(const char *name, d2l_dtype type, d2l_range_function single, d2l_range_function twice, bag_job *job) {
  if (type != D2L_FLOAT && type != D2L_DOUBLE) d2l_abort_type(name, type);
  d2l_parallel_for(job->bags->bags, grain(job->bags), type == D2L_FLOAT ? single : twice, job);
}

void d2l_embedding_bag(d2l_dtype type, const d2l_bags *bags, const void *table, const void *weights, void *y, int64_t *chosen) {
  D2L_PROFILED("embeddingBag");
  bag_job job = {bags, table, weights, y, chosen};
  run("d2l_embedding_bag", type, bag_forward_f, bag_forward_d, &job);
}

void d2l_embedding_bag_gradient(d2l_dtype type, const d2l_bags *bags, const void *gy, const void *weights, void *g) {
  D2L_PROFILED("embeddingBag");
  bag_job job = {bags, gy, weights, g, NULL};
  run("d2l_embedding_bag_gradient", type, bag_gradient_f, bag_gradient_d, &job);
}

void d2l_embedding_bag_max_gradient(d2l_dtype type, const d2l_bags *bags, const void *gy, const int64_t *chosen, void *gtable) {
  D2L_PROFILED("embeddingBag");
  D2L_REAL_CALL("d2l_embedding_bag_max_gradient", type, bag_max_gradient, bags, gy, chosen, gtable);
}

void d2l_embedding_bag_weight_gradient(d2l_dtype type, const d2l_bags *bags, const void *gy, const void *table, void *gw) {
  D2L_PROFILED("embeddingBag");
  bag_job job = {bags, gy, table, gw, NULL};
  run("d2l_embedding_bag_weight_gradient", type, bag_weight_gradient_f, bag_weight_gradient_d, &job);
}
