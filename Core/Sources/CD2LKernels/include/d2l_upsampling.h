// Images in another size, by the nearest pixel or by bilinear interpolation.
#ifndef D2L_UPSAMPLING_H
#define D2L_UPSAMPLING_H

#include "d2l_types.h"

typedef enum {
  D2L_NEAREST = 0,      ///< floor(i ratio)
  D2L_BILINEAR,         ///< at (i + 1/2) ratio - 1/2: the outer edges coincide
  D2L_BILINEAR_ALIGNED, ///< at i (in - 1) / (out - 1): the outermost pixels coincide
} d2l_interpolation;

typedef struct {
  int64_t planes, in_h, in_w, out_h, out_w;
  double ratio_h, ratio_w; ///< input pixels per output pixel
  d2l_interpolation mode;
} d2l_upsampling;

/// x [planes, in_h, in_w] to y [planes, out_h, out_w]. Float and double; places are computed in that type.
void d2l_upsample(d2l_dtype type, const d2l_upsampling *shape, const void *x, void *y);
/// gx from gy; overwrites gx.
void d2l_upsample_gradient(d2l_dtype type, const d2l_upsampling *shape, const void *gy, void *gx);

#endif
