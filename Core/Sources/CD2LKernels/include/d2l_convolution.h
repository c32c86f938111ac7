// Two-dimensional cross-correlation as deep learning calls convolution. Layouts: x [batch, in, in_h, in_w],
// w [out, in / groups, kernel_h, kernel_w], y [batch, out, out_h, out_w]. Float and double.
#ifndef D2L_CONVOLUTION_H
#define D2L_CONVOLUTION_H

#include "d2l_matrix.h"

typedef struct {
  int64_t batch, in_channels, in_h, in_w;
  int64_t out_channels, out_h, out_w;
  int64_t kernel_h, kernel_w;
  int64_t stride_h, stride_w;
  int64_t pad_h, pad_w; ///< zeros on each side
  int64_t dilation_h, dilation_w;
  int64_t groups;
} d2l_convolution;

/// y = activation(scale [out] (x * w) + bias [out]); scale and bias may be NULL. The scale is taken into the weights.
void d2l_conv2d(d2l_dtype type, const d2l_convolution *shape, const void *x, const void *w, const void *scale, const void *bias,
                d2l_activation activation, void *y);
/// gx from gy: the gradient of the input (also the forward pass of a transposed convolution). Overwrites gx.
void d2l_conv2d_gradient_input(d2l_dtype type, const d2l_convolution *shape, const void *gy, const void *w, void *gx);
/// gw, and gbias where it is not NULL. Both are overwritten; sums over the batch are the same for every number of threads.
void d2l_conv2d_gradient_weight(d2l_dtype type, const d2l_convolution *shape, const void *x, const void *gy, void *gw,
                                void *gbias);

/// The algorithm that d2l_conv2d would take, for benchmarks and tests ("1x1", "winograd", "im2col", "direct", "depthwise").
const char *d2l_conv2d_algorithm(d2l_dtype type, const d2l_convolution *shape);

#endif
