// The arithmetic of planes, taps and offsets.
#include "convolution_plan.h"

/// One block holds the families, then the taps [kernel_h * kernel_w], then the offsets of all families.
static void allocate(conv_plan *plan, const d2l_convolution *s) {
  const int64_t window = s->kernel_h * s->kernel_w;
  plan->bytes = sizeof(conv_family) * (size_t)plan->families + sizeof(int64_t) * (size_t)(window + window * plan->channels / plan->groups);
  plan->family = d2l_allocate(plan->bytes);
  plan->taps = (int64_t *)(plan->family + plan->families);
}

void d2l_plan_free(conv_plan *plan) { d2l_free(plan->family, plan->bytes); }

/// Sizes of the planes once phases, plane_h and pitch are known. A vector may read `slack` elements beyond the last output, and a gradient of weights multiplies what
/// lies there by zero: it must belong to the same channel.
static void plan_planes(conv_plan *plan, int64_t slack) {
  plan->plane = plan->plane_h * plan->pitch;
  plan->channel = d2l_ceil_div(plan->phases_h * plan->phases_w * plan->plane + slack, 16) * 16;
}

void d2l_plan_forward(conv_plan *plan, const d2l_convolution *s, int64_t slack, bool in_place) {
  const int64_t channels = s->in_channels / s->groups, window = s->kernel_h * s->kernel_w;
  const int64_t reach_h = (s->kernel_h - 1) * s->dilation_h, reach_w = (s->kernel_w - 1) * s->dilation_w;
  *plan = (conv_plan){.batch = s->batch, .groups = s->groups, .channels = s->in_channels, .source_h = s->in_h, .source_w = s->in_w,
                      .outputs = s->out_channels, .target_size = s->out_h * s->out_w, .step_h = s->stride_h, .step_w = s->stride_w,
                      .origin_h = -s->pad_h, .origin_w = -s->pad_w, .phases_h = d2l_min(s->stride_h, reach_h + 1),
                      .phases_w = d2l_min(s->stride_w, reach_w + 1), .plane_h = s->out_h + reach_h / s->stride_h,
                      .pitch = s->out_w + reach_w / s->stride_w, .families = 1};
  allocate(plan, s);
  int64_t *taps = plan->taps, rows = s->out_h, columns = s->out_w;
  plan_planes(plan, slack);
  if (in_place && window == 1 && s->stride_h == 1 && s->stride_w == 1 && s->pad_h == 0 && s->pad_w == 0 && plan->target_size >= slack) {
    plan->in_place = true;
    rows = plan->plane_h = 1;
    columns = plan->pitch = plan->plane = plan->channel = plan->target_size;
  }
  conv_family *family = plan->family;
  *family = (conv_family){.rows = rows, .columns = columns, .depth = channels * window, .taps = window, .offsets = taps + window,
                          .target_row = columns, .target_column = 1};
  for (int64_t r = 0; r < s->kernel_h; r++)
    for (int64_t q = 0; q < s->kernel_w; q++) {
      const int64_t h = r * s->dilation_h, w = q * s->dilation_w, tap = r * s->kernel_w + q;
      const int64_t offset = (h % s->stride_h * plan->phases_w + w % s->stride_w) * plan->plane + h / s->stride_h * plan->pitch + w / s->stride_w;
      taps[tap] = tap;
      for (int64_t c = 0; c < channels; c++) family->offsets[c * window + tap] = c * plan->channel + offset;
      plan->largest_offset = d2l_max(plan->largest_offset, h / s->stride_h * plan->pitch + w / s->stride_w) ;
    }
}

/// Input position i gets from output o through tap r where i + pad = o stride + r dilation. Those i with the same residue of (i + pad) use the same taps, and o moves
/// with i one to one.
void d2l_plan_gradient(conv_plan *plan, const d2l_convolution *s, int64_t slack) {
  const int64_t channels = s->out_channels / s->groups;
  // Rows of outputs that are read at all: a tap of residue p reaches from (i + pad - p) / stride backwards by (r dilation - p) / stride.
  const int64_t low_h = s->pad_h / s->stride_h - (s->kernel_h - 1) * s->dilation_h / s->stride_h;
  const int64_t low_w = s->pad_w / s->stride_w - (s->kernel_w - 1) * s->dilation_w / s->stride_w;
  const int64_t high_h = (s->pad_h + s->in_h - 1) / s->stride_h, high_w = (s->pad_w + s->in_w - 1) / s->stride_w;
  *plan = (conv_plan){.batch = s->batch, .groups = s->groups, .channels = s->out_channels, .source_h = s->out_h, .source_w = s->out_w,
                      .outputs = s->in_channels, .target_size = s->in_h * s->in_w, .step_h = 1, .step_w = 1, .origin_h = low_h,
                      .origin_w = low_w, .phases_h = 1, .phases_w = 1, .plane_h = high_h - low_h + 1, .pitch = high_w - low_w + 1,
                      .families = s->stride_h * s->stride_w};
  allocate(plan, s);
  int64_t *taps = plan->taps, *offsets = taps + s->kernel_h * s->kernel_w;
  plan_planes(plan, slack);
  const bool in_place = s->kernel_h * s->kernel_w == 1 && s->stride_h == 1 && s->stride_w == 1 && s->pad_h == 0 && s->pad_w == 0 &&
                        plan->target_size >= slack;
  if (in_place) {
    plan->in_place = true;
    plan->plane_h = 1;
    plan->pitch = plan->plane = plan->channel = plan->target_size;
  }
  int64_t used = 0, weights = 0;
  for (int64_t ph = 0; ph < s->stride_h; ph++)
    for (int64_t pw = 0; pw < s->stride_w; pw++) {
      conv_family *family = &plan->family[ph * s->stride_w + pw];
      const int64_t first_h = d2l_ceil_div(d2l_max(s->pad_h - ph, 0), s->stride_h), first_w = d2l_ceil_div(d2l_max(s->pad_w - pw, 0), s->stride_w);
      const int64_t top = first_h * s->stride_h + ph - s->pad_h, left = first_w * s->stride_w + pw - s->pad_w;
      *family = (conv_family){.rows = d2l_max(0, d2l_ceil_div(s->in_h - top, s->stride_h)),
                              .columns = d2l_max(0, d2l_ceil_div(s->in_w - left, s->stride_w)),
                              .offsets = offsets, .tap_first = used, .target = top * s->in_w + left, .target_row = s->stride_h * s->in_w,
                              .target_column = s->stride_w, .weights = weights};
      if (in_place) family->rows = 1, family->columns = family->target_row = plan->target_size;
      for (int64_t r = 0; r < s->kernel_h; r++)
        for (int64_t q = 0; q < s->kernel_w; q++)
          if (r * s->dilation_h % s->stride_h == ph && q * s->dilation_w % s->stride_w == pw) taps[used + family->taps++] = r * s->kernel_w + q;
      for (int64_t c = 0; c < channels; c++)
        for (int64_t t = 0; t < family->taps; t++) {
          const int64_t r = taps[used + t] / s->kernel_w, q = taps[used + t] % s->kernel_w;
          const int64_t h = first_h - (r * s->dilation_h - ph) / s->stride_h - low_h, w = first_w - (q * s->dilation_w - pw) / s->stride_w - low_w;
          *offsets++ = c * plan->channel + h * plan->pitch + w;
          plan->largest_offset = d2l_max(plan->largest_offset, h * plan->pitch + w);
        }
      family->depth = channels * family->taps;
      used += family->taps;
      weights += plan->outputs * family->depth;
    }
}

#define REAL float
#define NAME(x) x##_f
#include "convolution_plan.inc"

#define REAL double
#define NAME(x) x##_d
#include "convolution_plan.inc"
