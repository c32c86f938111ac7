// Where everything lies in a convolution over planes split by the residue of the stride; convolution_direct.c explains.
#ifndef CONVOLUTION_PLAN_H
#define CONVOLUTION_PLAN_H

#include "convolution_support.h"
#include <string.h>

/// Where one family of outputs lies and what it reads. The forward pass has one, the gradient of the input one for each residue of the stride.
typedef struct {
  int64_t rows, columns;                    ///< outputs
  int64_t depth, taps;                      ///< multiply-adds of one output; of these, per channel
  int64_t *offsets;                         ///< [depth] distance from an output's position
  int64_t tap_first;                        ///< into the plan's taps
  int64_t target, target_row, target_column; ///< where output (0, 0) goes inside its plane, and the steps
  int64_t weights;                          ///< where its packed weights begin
} conv_family;

typedef struct {
  int64_t batch, groups;
  int64_t channels, source_h, source_w;     ///< of all groups
  int64_t outputs, target_size;             ///< channels of all groups, elements of an output plane
  int64_t step_h, step_w, origin_h, origin_w, phases_h, phases_w; ///< plane[ph][pw][i][j] = source[i step + ph + origin]
  int64_t plane_h, pitch, plane, channel;   ///< rows and columns of a phase, its size, the size of all of a channel
  bool in_place;                            ///< planes are the source itself
  int64_t families, largest_offset;
  conv_family *family;
  int64_t *taps;                            ///< flat kernel positions, by family
  size_t bytes;                             ///< of the block behind `family`
} conv_plan;

/// The forward pass. A vector may read `slack` elements beyond the last output of a channel. `in_place` allows planes that are the source itself.
void d2l_plan_forward(conv_plan *plan, const d2l_convolution *s, int64_t slack, bool in_place);
/// The gradient of the input.
void d2l_plan_gradient(conv_plan *plan, const d2l_convolution *s, int64_t slack);
void d2l_plan_free(conv_plan *plan);

/// Fills the inside of one channel's planes; their borders were set to zero when the scratch was made and stay so.
void d2l_fill_channel_f(const conv_plan *plan, const float *source, float *channel);
void d2l_fill_channel_d(const conv_plan *plan, const double *source, double *channel);

/// Rows of accumulator tile `block` when `outputs` rows are spread evenly over as few tiles as possible.
D2L_INLINE int d2l_block_rows(int64_t outputs, int64_t blocks, int64_t block) {
  return (int)(outputs / blocks + (block < outputs % blocks));
}

#endif
