// The gradient of the weights of any convolution: for every pair of an output channel and a tap, the product of the output's gradient with the input plane at the tap's
// distance, summed over positions. Planes are those of the forward pass (convolution_plan.h); the output's gradient is laid out with their pitch, and zeros where the
// sums between rows are meaningless. Accumulators are vectors over positions; they are folded once for every piece of about PIECE positions.
#include "convolution_plan.h"

/// Positions between two foldings: six channels of gradients and four of inputs then fit the first-level cache.
enum { PIECE = 1024, TAPS_TOGETHER = 4, MOST_PARTS = 16 };

#define REAL float
#define NAME(x) x##_f
#define WIDTH 16
#include "convolution_weight.inc"

#define REAL double
#define NAME(x) x##_d
#define WIDTH 8
#include "convolution_weight.inc"
