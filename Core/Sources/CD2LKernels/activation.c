// Bias and activation at the end of a fused layer.
#include "layer_support.h"
#include "vector_math.h"

#define REAL float
#define NAME(x) x##_f
#include "activation.inc"

#define REAL double
#define NAME(x) x##_d
#include "activation.inc"

void d2l_bias_activation(d2l_dtype type, void *y, const void *bias, d2l_activation activation, int64_t rows, int64_t columns) {
  D2L_REAL_CALL("d2l_bias_activation", type, bias_activation, y, bias, activation, rows, columns);
}
