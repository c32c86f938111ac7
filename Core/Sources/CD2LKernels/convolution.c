// Two-dimensional convolution: the choice of the algorithm.
#include "convolution_support.h"

void d2l_conv2d(d2l_dtype type, const d2l_convolution *shape, const void *x, const void *w, const void *bias,
                d2l_activation activation, void *y) {
  D2L_REAL_CALL("d2l_conv2d", type, d2l_direct_forward, shape, x, w, bias, activation, y);
}

void d2l_conv2d_gradient_input(d2l_dtype type, const d2l_convolution *shape, const void *gy, const void *w, void *gx) {
  D2L_REAL_CALL("d2l_conv2d_gradient_input", type, d2l_direct_gradient_input, shape, gy, w, gx);
}

void d2l_conv2d_gradient_weight(d2l_dtype type, const d2l_convolution *shape, const void *x, const void *gy, void *gw, void *gbias) {
  D2L_REAL_CALL("d2l_conv2d_gradient_weight", type, d2l_direct_gradient_weight, shape, x, gy, gw, gbias);
}

const char *d2l_conv2d_algorithm(d2l_dtype type, const d2l_convolution *shape) {
  (void)type;
  return shape->kernel_h * shape->kernel_w == 1 ? "1x1" : "direct";
}
