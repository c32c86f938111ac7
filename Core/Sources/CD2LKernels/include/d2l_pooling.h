// Windows over images [planes, in_h, in_w], planes = batch x channels. Float and double.
#ifndef D2L_POOLING_H
#define D2L_POOLING_H

#include "d2l_types.h"

typedef struct {
  int64_t planes, in_h, in_w, out_h, out_w;
  int64_t kernel_h, kernel_w, stride_h, stride_w, pad_h, pad_w;
} d2l_pooling;

/// The largest of each window (padding counts as minus infinity; the first of equals; NaN wins) and, where `index` is not NULL, its
/// position inside the plane.
void d2l_max_pool2d(d2l_dtype type, const d2l_pooling *shape, const void *x, void *y, int32_t *index);
/// Overwrites gx.
void d2l_max_pool2d_gradient(d2l_dtype type, const d2l_pooling *shape, const void *gy, const int32_t *index, void *gx);
/// The mean of each window; padding counts in the divisor if `count_padding`.
void d2l_average_pool2d(d2l_dtype type, const d2l_pooling *shape, const void *x, void *y, bool count_padding);
void d2l_average_pool2d_gradient(d2l_dtype type, const d2l_pooling *shape, const void *gy, void *gx, bool count_padding);
/// Mean over window i = [floor(i in / out), ceil((i + 1) in / out)) in both directions (kernel, stride and pad are not read).
void d2l_adaptive_average_pool2d(d2l_dtype type, const d2l_pooling *shape, const void *x, void *y);
void d2l_adaptive_average_pool2d_gradient(d2l_dtype type, const d2l_pooling *shape, const void *gy, void *gx);

#endif
