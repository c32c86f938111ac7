// What the layers' kernels share: the two real types, and the bias and activation that end a layer.
#ifndef LAYER_SUPPORT_H
#define LAYER_SUPPORT_H

#include "d2l_matrix.h"
#include "kernel_support.h"

/// Calls the float or the double form of a kernel.
#define D2L_REAL_CALL(operation, type, name, ...)                                                                              \
  ((type) == D2L_FLOAT ? name##_f(__VA_ARGS__) : (type) == D2L_DOUBLE ? name##_d(__VA_ARGS__) : d2l_abort_type(operation, type))

/// y[i] = activation(y[i] + bias) over one contiguous run.
void d2l_activate_run_f(float *y, float bias, d2l_activation activation, int64_t count);
void d2l_activate_run_d(double *y, double bias, d2l_activation activation, int64_t count);
/// y[r, j] = activation(y[r, j] + bias[j]), rows `stride` apart; bias may be NULL.
void d2l_activate_rows_f(float *y, const float *bias, d2l_activation activation, int64_t rows, int64_t columns, int64_t stride);
void d2l_activate_rows_d(double *y, const double *bias, d2l_activation activation, int64_t rows, int64_t columns, int64_t stride);

#endif
