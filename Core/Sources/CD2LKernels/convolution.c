// Two-dimensional convolution.
#include "d2l_convolution.h"
#include "layer_support.h"

#define REAL float
#define NAME(x) x##_f
#include "convolution_simple.inc"

#define REAL double
#define NAME(x) x##_d
#include "convolution_simple.inc"

void d2l_conv2d(d2l_dtype type, const d2l_convolution *shape, const void *x, const void *w, const void *bias,
                d2l_activation activation, void *y) {
  D2L_REAL_CALL("d2l_conv2d", type, forward, shape, x, w, bias, activation, y);
}
void d2l_conv2d_gradient_input(d2l_dtype type, const d2l_convolution *shape, const void *gy, const void *w, void *gx) {
  D2L_REAL_CALL("d2l_conv2d_gradient_input", type, gradient_input, shape, gy, w, gx);
}
void d2l_conv2d_gradient_weight(d2l_dtype type, const d2l_convolution *shape, const void *x, const void *gy, void *gw, void *gbias) {
  D2L_REAL_CALL("d2l_conv2d_gradient_weight", type, gradient_weight, shape, x, gy, gw, gbias);
}
const char *d2l_conv2d_algorithm(d2l_dtype type, const d2l_convolution *shape) {
  (void)type, (void)shape;
  return "direct";
}
