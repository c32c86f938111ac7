// Batch and layer normalisation, forward and backward in one call each. Float and double. `weight` and `bias` may be NULL.
#ifndef D2L_NORMALIZATION_H
#define D2L_NORMALIZATION_H

#include "d2l_types.h"

/// x and y [batch, channels, spatial]. Statistics over batch and spatial, biased; they are returned for the backward pass
/// (inverse_deviation = 1 / sqrt(variance + epsilon)), the variance too, for the caller's running average.
void d2l_batch_norm_train(d2l_dtype type, const void *x, const void *weight, const void *bias, double epsilon, void *y, void *mean,
                          void *variance, void *inverse_deviation, int64_t batch, int64_t channels, int64_t spatial);
/// y = (x - mean) / sqrt(variance + epsilon) weight + bias with given statistics.
void d2l_batch_norm_infer(d2l_dtype type, const void *x, const void *mean, const void *variance, const void *weight,
                          const void *bias, double epsilon, void *y, int64_t batch, int64_t channels, int64_t spatial);
/// Gradients of d2l_batch_norm_train; gweight and gbias may be NULL.
void d2l_batch_norm_gradient(d2l_dtype type, const void *x, const void *weight, const void *mean, const void *inverse_deviation,
                             const void *gy, void *gx, void *gweight, void *gbias, int64_t batch, int64_t channels,
                             int64_t spatial);

/// x and y [rows, count], normalised along each row; weight and bias [count].
void d2l_layer_norm(d2l_dtype type, const void *x, const void *weight, const void *bias, double epsilon, void *y, void *mean,
                    void *inverse_deviation, int64_t rows, int64_t count);
void d2l_layer_norm_gradient(d2l_dtype type, const void *x, const void *weight, const void *mean, const void *inverse_deviation,
                             const void *gy, void *gx, void *gweight, void *gbias, int64_t rows, int64_t count);

#endif
