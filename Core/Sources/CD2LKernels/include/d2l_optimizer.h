// One pass over a parameter per update. Float and double; all arrays have `count` elements and are updated in place. PyTorch's formulas.
#ifndef D2L_OPTIMIZER_H
#define D2L_OPTIMIZER_H

#include "d2l_types.h"

/// g += decay w; momentum: v = first ? g : momentum v + (1 - dampening) g; g = nesterov ? g + momentum v : v; w -= rate g. `v` is NULL without momentum.
void d2l_sgd(d2l_dtype type, void *w, const void *g, void *v, int64_t count, double rate, double momentum, double dampening,
             double decay, bool nesterov, bool first);
/// m = b1 m + (1 - b1) g; s = b2 s + (1 - b2) g g; w -= rate / (1 - b1^step) m / (sqrt(s) / sqrt(1 - b2^step) + epsilon). `decay` is added to
/// the gradient, or with `decoupled` (AdamW) w *= 1 - rate decay first. `largest` (amsgrad) may be NULL.
void d2l_adam(d2l_dtype type, void *w, const void *g, void *m, void *s, void *largest, int64_t count, double rate, double b1,
              double b2, double epsilon, double decay, bool decoupled, int64_t step);
/// s = rho s + (1 - rho) g g; `mean_g` not NULL: centred; `v` not NULL: momentum. w -= rate g / (sqrt(s - mean_g^2) + epsilon).
void d2l_rmsprop(d2l_dtype type, void *w, const void *g, void *s, void *mean_g, void *v, int64_t count, double rate, double rho,
                 double epsilon, double decay, double momentum);
/// s += g g; w -= rate / (1 + (step - 1) rate_decay) g / (sqrt(s) + epsilon).
void d2l_adagrad(d2l_dtype type, void *w, const void *g, void *s, int64_t count, double rate, double rate_decay, double epsilon,
                 double decay, int64_t step);
/// s = rho s + (1 - rho) g g; d = sqrt(u + epsilon) / sqrt(s + epsilon) g; u = rho u + (1 - rho) d d; w -= rate d.
void d2l_adadelta(d2l_dtype type, void *w, const void *g, void *s, void *u, int64_t count, double rate, double rho,
                  double epsilon, double decay);
/// m = b1 m + (1 - b1) g; s = max(b2 s, |g| + epsilon); w -= rate / (1 - b1^step) m / s.
void d2l_adamax(d2l_dtype type, void *w, const void *g, void *m, void *s, int64_t count, double rate, double b1, double b2,
                double epsilon, double decay, int64_t step);
/// As Adam with s += (1 - b2) sign(g g - s) g g (book 11.10); bias-corrected.
void d2l_yogi(d2l_dtype type, void *w, const void *g, void *m, void *s, int64_t count, double rate, double b1, double b2,
              double epsilon, double decay, int64_t step);
/// Averaged descent (Polyak and Juditsky, 1992): w = (1 - lambda rate) w - rate (g + decay w); a += weight (w - a), with `weight` 1: a = w.
void d2l_asgd(d2l_dtype type, void *w, const void *g, void *a, int64_t count, double rate, double lambda, double weight,
              double decay);

/// Sum of g^2 in double. The same for every number of threads.
double d2l_gradient_square_sum(d2l_dtype type, const void *g, int64_t count);
/// g = factor g.
void d2l_gradient_scale(d2l_dtype type, void *g, int64_t count, double factor);
/// g = min(max(g, low), high); NaN stays.
void d2l_gradient_clamp(d2l_dtype type, void *g, int64_t count, double low, double high);

#endif
