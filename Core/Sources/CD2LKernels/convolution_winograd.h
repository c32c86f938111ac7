// Parts of Winograd's convolutions F(4x4, 3x3) and F(2x2, 5x5), shared by the product and the gradient of the weights. Float only.
//
// Winograd's minimal filtering (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015): a 4x4 tile of outputs takes 36 multiplications where the
// definition takes 144; a 2x2 tile under 5x5 kernels 36 where it takes 100. Both read 6x6 inputs, and share points and input transform. Everything is kept in blocks of 16 channels, a vector each: lanes are channels, so a transform is plain arithmetic on whole vectors for
// images of any size. Arrays over the 36 frequencies are [frequency][channel block][row][16].
//
// The interpolation points are 0, infinity, +-sqrt(1/2) and +-sqrt(2). The usual 0, +-1, +-2 multiply rounding errors by up to 64 on the way back, these by 8; the error
// is about half.
#ifndef CONVOLUTION_WINOGRAD_H
#define CONVOLUTION_WINOGRAD_H

#include "convolution_support.h"
#include <string.h>

typedef d2l_vector_f vector;

/// MOST_TAPS: of a kernel.
enum { LANES = 16, FREQUENCIES = 36, MOST_TAPS = 25 };

#define ROOT 1.41421356f

/// A correlation of stride 1: `channels` planes of in_h x in_w, padded, to `outputs` planes of out_h x out_w.
typedef struct {
  int64_t batch, channels, in_h, in_w, outputs, out_h, out_w, pad_h, pad_w;
  int64_t kernel, side;             ///< 3 and 4, or 5 and 2: the kernel and the outputs of a tile, each way
  int64_t tiles_h, tiles_w;         ///< of an image
  int64_t channel_blocks, output_blocks;
} winograd_shape;

winograd_shape d2l_winograd_shape(const d2l_convolution *s, bool gradient);

/// Elements between two frequencies. The odd line keeps the 36 places that a transform writes at once out of the same cache set.
D2L_INLINE int64_t frequency_step(int64_t blocks, int64_t rows) { return (blocks * rows + 1) * LANES; }

/// Transforms tile row `row` (image row / tiles_h) of channel block `block` into values[..][tile...], the array having `rows` tiles; `strip` holds 6 padded rows.
void d2l_winograd_input(const winograd_shape *s, const float *x, int64_t row, int64_t block, float *values, int64_t tile, int64_t rows,
                        float *strip);
/// Elements of `strip`.
D2L_INLINE int64_t strip_size(const winograd_shape *s) { return 6 * (s->side * (s->tiles_w - 1) + 6) * LANES; }

/// 16 rows of `count` elements, `step` apart, to columns of 16 lanes; rows beyond `rows` give zero lanes. Nothing at or beyond `end` is read.
void d2l_to_lanes(const float *source, int64_t step, int64_t rows, int64_t count, const float *end, float *target);
/// The way back; lanes beyond `rows` are dropped.
void d2l_from_lanes(const float *source, float *target, int64_t step, int64_t rows, int64_t count);

bool d2l_winograd_pays(const winograd_shape *s);
void d2l_winograd_forward(const winograd_shape *s, const float *x, const float *w, const float *scale, bool gradient, const float *bias,
                          d2l_activation activation, float *y);
void d2l_winograd_gradient_weight(const winograd_shape *s, const float *x, const float *gy, float *gw, float *gbias);

#endif
