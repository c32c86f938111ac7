// Parameter updates: one pass over a parameter, its gradient and its state.
#include "d2l_optimizer.h"
#include "kernel_support.h"

#include <math.h>

typedef struct {
  void *w;
  const void *g;
  void *a, *b, *c; // state, in the order of the public calls
} optimizer_arrays;

typedef struct {
  double rate;    // with the bias correction, where the formula has one
  double decay;   // added to the gradient
  double shrink;  // factor on the weights before the step
  double b1, b2;  // momentum; decay of the mean square
  double c1, c2;  // what a fresh gradient counts
  double root;    // square root of the second bias correction
  double epsilon;
  bool flag, first;
} optimizer_scalars;

typedef void (*optimizer_step)(const optimizer_arrays *arrays, const optimizer_scalars *scalars, int64_t begin, int64_t end);

#define T float
#define F(name) name##_f
#define SQRT __builtin_sqrtf
#include "optimizer.inc"
#undef T
#undef F
#undef SQRT

#define T double
#define F(name) name##_d
#define SQRT __builtin_sqrt
#include "optimizer.inc"
#undef T
#undef F
#undef SQRT

typedef struct {
  optimizer_step step;
  const optimizer_arrays *arrays;
  const optimizer_scalars *scalars;
} optimizer_task;

static void optimizer_range(void *context, int64_t begin, int64_t end) {
  const optimizer_task *task = context;
  task->step(task->arrays, task->scalars, begin, end);
}

#define RUN(name, count, arrays, scalars) \
  if (type != D2L_FLOAT && type != D2L_DOUBLE) d2l_abort_type("d2l_" #name, type); \
  optimizer_task task = {type == D2L_FLOAT ? name##_f : name##_d, arrays, scalars}; \
  d2l_parallel_for(count, D2L_GRAIN_MEDIUM, optimizer_range, &task)

void d2l_sgd(d2l_dtype type, void *w, const void *g, void *v, int64_t count, double rate, double momentum, double dampening,
             double decay, bool nesterov, bool first) {
  optimizer_arrays arrays = {.w = w, .g = g, .a = v};
  optimizer_scalars scalars = {
    .rate = rate, .decay = decay, .b1 = momentum, .c1 = 1 - dampening, .flag = nesterov, .first = first};
  RUN(sgd, count, &arrays, &scalars);
}

void d2l_adam(d2l_dtype type, void *w, const void *g, void *m, void *s, void *largest, int64_t count, double rate, double b1,
              double b2, double epsilon, double decay, bool decoupled, int64_t step) {
  optimizer_arrays arrays = {.w = w, .g = g, .a = m, .b = s, .c = largest};
  optimizer_scalars scalars = {.rate = rate / (1 - pow(b1, (double)step)),
                               .decay = decoupled ? 0 : decay,
                               .shrink = decoupled ? 1 - rate * decay : 1,
                               .b2 = b2,
                               .c1 = 1 - b1,
                               .c2 = 1 - b2,
                               .root = sqrt(1 - pow(b2, (double)step)),
                               .epsilon = epsilon};
  RUN(adam, count, &arrays, &scalars);
}

void d2l_yogi(d2l_dtype type, void *w, const void *g, void *m, void *s, int64_t count, double rate, double b1, double b2,
              double epsilon, double decay, int64_t step) {
  optimizer_arrays arrays = {.w = w, .g = g, .a = m, .b = s};
  optimizer_scalars scalars = {.rate = rate / (1 - pow(b1, (double)step)),
                               .decay = decay,
                               .c1 = 1 - b1,
                               .c2 = 1 - b2,
                               .root = sqrt(1 - pow(b2, (double)step)),
                               .epsilon = epsilon};
  RUN(yogi, count, &arrays, &scalars);
}

void d2l_rmsprop(d2l_dtype type, void *w, const void *g, void *s, void *mean_g, void *v, int64_t count, double rate, double rho,
                 double epsilon, double decay, double momentum) {
  optimizer_arrays arrays = {.w = w, .g = g, .a = s, .b = mean_g, .c = v};
  optimizer_scalars scalars = {
    .rate = rate, .decay = decay, .b1 = momentum, .b2 = rho, .c2 = 1 - rho, .epsilon = epsilon};
  RUN(rmsprop, count, &arrays, &scalars);
}

void d2l_adagrad(d2l_dtype type, void *w, const void *g, void *s, int64_t count, double rate, double rate_decay, double epsilon,
                 double decay, int64_t step) {
  optimizer_arrays arrays = {.w = w, .g = g, .a = s};
  optimizer_scalars scalars = {
    .rate = rate / (1 + (double)(step - 1) * rate_decay), .decay = decay, .epsilon = epsilon};
  RUN(adagrad, count, &arrays, &scalars);
}

void d2l_adadelta(d2l_dtype type, void *w, const void *g, void *s, void *u, int64_t count, double rate, double rho,
                  double epsilon, double decay) {
  optimizer_arrays arrays = {.w = w, .g = g, .a = s, .b = u};
  optimizer_scalars scalars = {.rate = rate, .decay = decay, .b2 = rho, .c2 = 1 - rho, .epsilon = epsilon};
  RUN(adadelta, count, &arrays, &scalars);
}

void d2l_adamax(d2l_dtype type, void *w, const void *g, void *m, void *s, int64_t count, double rate, double b1, double b2,
                double epsilon, double decay, int64_t step) {
  optimizer_arrays arrays = {.w = w, .g = g, .a = m, .b = s};
  optimizer_scalars scalars = {.rate = rate / (1 - pow(b1, (double)step)),
                               .decay = decay,
                               .b2 = b2,
                               .c1 = 1 - b1,
                               .epsilon = epsilon};
  RUN(adamax, count, &arrays, &scalars);
}

void d2l_asgd(d2l_dtype type, void *w, const void *g, void *a, int64_t count, double rate, double lambda, double weight,
              double decay) {
  optimizer_arrays arrays = {.w = w, .g = g, .a = a};
  optimizer_scalars scalars = {
    .rate = rate, .decay = decay, .shrink = 1 - lambda * rate, .c1 = weight, .first = weight == 1};
  RUN(asgd, count, &arrays, &scalars);
}

double d2l_gradient_square_sum(d2l_dtype type, const void *g, int64_t count) {
  int64_t pieces = d2l_ceil_div(count, D2L_GRAIN_MEDIUM);
  if (pieces == 0) return 0;
  // A piece leaves its sum behind; they are added in order, so that threads do not matter.
  double few[64];
  double *sums = pieces <= 64 ? few : d2l_allocate((size_t)pieces * sizeof(double));
  optimizer_arrays arrays = {.g = g, .a = sums};
  optimizer_scalars scalars = {0};
  RUN(square_sum, count, &arrays, &scalars);
  double total = 0;
  for (int64_t i = 0; i < pieces; i++) total += sums[i];
  if (sums != few) d2l_free(sums, (size_t)pieces * sizeof(double));
  return total;
}

void d2l_gradient_scale(d2l_dtype type, void *g, int64_t count, double factor) {
  optimizer_arrays arrays = {.w = g};
  optimizer_scalars scalars = {.shrink = factor};
  RUN(scale, count, &arrays, &scalars);
}

void d2l_gradient_clamp(d2l_dtype type, void *g, int64_t count, double low, double high) {
  optimizer_arrays arrays = {.w = g};
  optimizer_scalars scalars = {.b1 = low, .b2 = high};
  RUN(clamp, count, &arrays, &scalars);
}
