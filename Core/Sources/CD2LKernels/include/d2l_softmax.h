// Softmax and the losses that are fused with it. Float and double.
#ifndef D2L_SOFTMAX_H
#define D2L_SOFTMAX_H

#include "d2l_types.h"

/// Over the middle of [outer, count, inner], shifted by the maximum.
void d2l_softmax(d2l_dtype type, const void *x, void *y, int64_t outer, int64_t count, int64_t inner);
/// gx = y (gy - sum(gy y)).
void d2l_softmax_gradient(d2l_dtype type, const void *y, const void *gy, void *gx, int64_t outer, int64_t count, int64_t inner);
void d2l_log_softmax(d2l_dtype type, const void *x, void *y, int64_t outer, int64_t count, int64_t inner);
/// gx = gy - exp(y) sum(gy).
void d2l_log_softmax_gradient(d2l_dtype type, const void *y, const void *gy, void *gx, int64_t outer, int64_t count,
                              int64_t inner);

/// Cross-entropy of logits [rows, classes] with class ids. Row r's target distribution is (1 - smoothing) onehot(t) + smoothing / classes, each class
/// counting by class_weight (NULL: 1), as PyTorch defines it. losses[r] is already weighted; rows whose target is `ignore` give 0. log_sum_exp [rows] is kept
/// for the gradient. Targets have been checked.
void d2l_cross_entropy(d2l_dtype type, const void *logits, const int64_t *targets, const void *class_weight, double smoothing,
                       int64_t ignore, void *losses, void *log_sum_exp, int64_t rows, int64_t classes);
/// glogits[r, :] = gloss[r] * d losses[r] / d logits[r, :]. With `gloss_step` 0 one gloss serves all rows, with 1 each has its own.
void d2l_cross_entropy_gradient(d2l_dtype type, const void *logits, const int64_t *targets, const void *class_weight,
                                double smoothing, int64_t ignore, const void *log_sum_exp, const void *gloss,
                                int64_t gloss_step, void *glogits, int64_t rows, int64_t classes);

#endif
