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

/// Sums of a tile that are outputs and lie side by side: where they are among its sums and in the output's plane.
typedef struct {
  int64_t sum, target, count;
} span;

/// The spans of positions [first, first + count), without what lies between rows.
static int64_t spans_of(const conv_plan *plan, const conv_family *family, int64_t first, int64_t count, span *spans) {
  int64_t found = 0, row = first / plan->pitch, column = first % plan->pitch;
  for (int64_t at = 0; at < count; row++, column = 0) {
    const int64_t length = d2l_min(count - at, plan->pitch - column);
    if (column < family->columns)
      spans[found++] = (span){at, row * family->target_row + column * family->target_column, d2l_min(length, family->columns - column)};
    at += length;
  }
  return found;
}

/// A target of more bytes is stored past the caches: it would not stay there until it is read, and each line would be fetched only to be overwritten.
enum { STREAM_BYTES = 32 << 20 };

/// Aligned, as stores past the caches want it.
typedef float d2l_line_f __attribute__((vector_size(64)));
typedef double d2l_line_d __attribute__((vector_size(64)));

/// Such stores are ordered with nothing; whoever waits for this thread must see them.
D2L_INLINE void d2l_store_fence(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}

#define REAL float
#define NAME(x) x##_f
#define WIDTH 16
#include "convolution_direct.inc"

#define REAL double
#define NAME(x) x##_d
#define WIDTH 8
#include "convolution_direct.inc"
