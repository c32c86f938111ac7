// Convolution of any stride, dilation, padding and group count without an im2col matrix.
//
// Images are copied into planes with their padding, split by the residue of the stride. In these planes every kernel tap reads at a fixed distance from the
// position of its output, even when a vector runs over the end of a row into the next: the few sums between rows come out meaningless and are not stored. So a
// convolution is a matrix product whose right-hand rows are the same plane at different distances: broadcast weights times unaligned vectors, nothing expanded.
// The gradient of the input is the same with the roles of the phases exchanged: each residue of the input takes its own subset of the taps.
// (The idea of indirect addressing is Dukhan's, "The Indirect Convolution Algorithm", 2019; the phases are the polyphase form of a strided filter.)
#include "convolution_plan.h"

/// Vectors of a tile: narrow registers hold fewer sums.
static int64_t tile_vectors(void) { return d2l_has_wide_vectors() ? D2L_TILE_VECTORS : 1; }

#define REAL float
#define NAME(x) x##_f
#define WIDTH 16
#include "convolution_direct.inc"

#define REAL double
#define NAME(x) x##_d
#define WIDTH 8
#include "convolution_direct.inc"
