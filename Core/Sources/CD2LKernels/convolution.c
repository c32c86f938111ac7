// Two-dimensional convolution: the choice of the algorithm. It depends on the type and the shape alone.
#include "convolution_winograd.h"
#include "profile_support.h"

typedef enum { DIRECT, WINOGRAD } algorithm;

static algorithm choose(d2l_dtype type, const d2l_convolution *s, bool gradient) {
  if (type == D2L_FLOAT && (s->kernel_h == 3 || s->kernel_h == 5) && s->kernel_w == s->kernel_h && s->stride_h == 1 && s->stride_w == 1 && s->dilation_h == 1 &&
      s->dilation_w == 1 && s->groups == 1 && s->pad_h < s->kernel_h && s->pad_w < s->kernel_w) {
    const winograd_shape shape = d2l_winograd_shape(s, gradient);
    if (d2l_winograd_pays(&shape)) return WINOGRAD;
  }
  return DIRECT;
}

void d2l_conv2d(d2l_dtype type, const d2l_convolution *shape, const void *x, const void *w, const void *scale, const void *bias,
                d2l_activation activation, void *y) {
  D2L_PROFILED("conv2d");
  if (shape->batch <= 0) return;
  if (choose(type, shape, false) == WINOGRAD) {
    const winograd_shape s = d2l_winograd_shape(shape, false);
    d2l_winograd_forward(&s, x, w, scale, false, bias, activation, y);
    return;
  }
  D2L_REAL_CALL("d2l_conv2d", type, d2l_direct_forward, shape, x, w, scale, bias, activation, y);
}

void d2l_conv2d_gradient_input(d2l_dtype type, const d2l_convolution *shape, const void *gy, const void *w, void *gx) {
  D2L_PROFILED("conv2d");
  if (shape->batch <= 0) return;
  if (choose(type, shape, true) == WINOGRAD) {
    const winograd_shape s = d2l_winograd_shape(shape, true);
    d2l_winograd_forward(&s, gy, w, NULL, true, NULL, D2L_ACTIVATION_NONE, gx);
    return;
  }
  D2L_REAL_CALL("d2l_conv2d_gradient_input", type, d2l_direct_gradient_input, shape, gy, w, gx);
}

void d2l_conv2d_gradient_weight(d2l_dtype type, const d2l_convolution *shape, const void *x, const void *gy, void *gw, void *gbias) {
  D2L_PROFILED("conv2d");
  if (choose(type, shape, false) == WINOGRAD) {
    const winograd_shape s = d2l_winograd_shape(shape, false);
    d2l_winograd_gradient_weight(&s, x, gy, gw, gbias);
    return;
  }
  D2L_REAL_CALL("d2l_conv2d_gradient_weight", type, d2l_direct_gradient_weight, shape, x, gy, gw, gbias);
}

const char *d2l_conv2d_algorithm(d2l_dtype type, const d2l_convolution *shape) {
  if (shape->groups > 1 && shape->groups == shape->in_channels) return "depthwise";
  if (choose(type, shape, false) == WINOGRAD) return "winograd";
  return shape->kernel_h * shape->kernel_w == 1 ? "1x1" : "direct";
}
