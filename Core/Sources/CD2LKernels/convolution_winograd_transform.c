// Winograd's input transform, and the exchange of rows and lanes.
#include "convolution_winograd.h"

#define PAIR(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)

/// Transposes 16 x 16 in four rounds; each exchanges blocks of 1, 2, 4 and 8 elements between pairs of rows.
D2L_INLINE void transpose(vector *r) {
  vector t[16];
  for (int i = 0; i < 16; i += 2) {
    t[i] = PAIR(r[i], r[i + 1], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
    t[i + 1] = PAIR(r[i], r[i + 1], 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
  }
  for (int i = 0; i < 16; i += 4)
    for (int j = i; j < i + 2; j++) {
      r[j] = PAIR(t[j], t[j + 2], 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
      r[j + 2] = PAIR(t[j], t[j + 2], 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
    }
  for (int i = 0; i < 16; i += 8)
    for (int j = i; j < i + 4; j++) {
      t[j] = PAIR(r[j], r[j + 4], 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
      t[j + 4] = PAIR(r[j], r[j + 4], 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
    }
  for (int j = 0; j < 8; j++) {
    r[j] = PAIR(t[j], t[j + 8], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
    r[j + 8] = PAIR(t[j], t[j + 8], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
  }
}

D2L_CLONES void d2l_to_lanes(const float *source, int64_t step, int64_t rows, int64_t count, const float *end, float *target) {
  for (int64_t i = 0; i < count; i += LANES) {
    vector r[16];
    const int64_t width = d2l_min(LANES, count - i);
    if (rows == LANES && source + 15 * step + i + LANES <= end) {
      for (int m = 0; m < 16; m++) r[m] = *(const vector *)(source + m * step + i);
    } else {
      for (int m = 0; m < 16; m++) {
        r[m] = (vector){0};
        if (m < rows) memcpy(&r[m], source + m * step + i, sizeof(float) * (size_t)width);
      }
    }
    transpose(r);
    for (int64_t j = 0; j < width; j++) *(vector *)(target + (i + j) * LANES) = r[j];
  }
}

D2L_CLONES void d2l_from_lanes(const float *source, float *target, int64_t step, int64_t rows, int64_t count) {
  for (int64_t i = 0; i < count; i += LANES) {
    vector r[16];
    const int64_t width = d2l_min(LANES, count - i);
    for (int64_t j = 0; j < 16; j++) r[j] = j < width ? *(const vector *)(source + (i + j) * LANES) : (vector){0};
    transpose(r);
    if (width == LANES)
      for (int64_t m = 0; m < rows; m++) *(vector *)(target + m * step + i) = r[m];
    else
      for (int64_t m = 0; m < rows; m++) memcpy(target + m * step + i, &r[m], sizeof(float) * (size_t)width);
  }
}

/// B^T d for one column or row of six.
D2L_INLINE void input_six(const vector *d, vector *t) {
  const vector near = d[4] - 2 * d[2], near_odd = (d[3] - 2 * d[1]) * (ROOT / 2);
  const vector far = d[4] - 0.5f * d[2], far_odd = (d[3] - 0.5f * d[1]) * ROOT;
  t[0] = d[0] - 2.5f * d[2] + d[4];
  t[1] = near + near_odd;
  t[2] = near - near_odd;
  t[3] = far + far_odd;
  t[4] = far - far_odd;
  t[5] = d[1] - 2.5f * d[3] + d[5];
}

D2L_CLONES static void input_tiles(const float *strip, int64_t pitch, int64_t side, int64_t tiles, float *values, int64_t step) {
  for (int64_t tile = 0; tile < tiles; tile++, values += LANES) {
    vector columns[6][6]; // [column][frequency]
    for (int j = 0; j < 6; j++) {
      vector d[6];
      for (int i = 0; i < 6; i++) d[i] = *(const vector *)(strip + (i * pitch + side * tile + j) * LANES);
      input_six(d, columns[j]);
    }
    for (int i = 0; i < 6; i++) {
      vector d[6], t[6];
      for (int j = 0; j < 6; j++) d[j] = columns[j][i];
      input_six(d, t);
      for (int j = 0; j < 6; j++) *(vector *)(values + (i * 6 + j) * step) = t[j];
    }
  }
}

void d2l_winograd_input(const winograd_shape *s, const float *x, int64_t row, int64_t block, float *values, int64_t tile, int64_t rows,
                        float *strip) {
  const int64_t n = row / s->tiles_h, top = row % s->tiles_h * s->side - s->pad_h, pitch = s->side * (s->tiles_w - 1) + 6, plane = s->in_h * s->in_w;
  const int64_t lanes = d2l_min(LANES, s->channels - block * LANES), width = d2l_min(s->in_w, pitch - s->pad_w);
  const float *source = x + (n * s->channels + block * LANES) * plane, *end = x + s->batch * s->channels * plane;
  for (int64_t i = 0; i < 6; i++) {
    float *line = strip + i * pitch * LANES;
    if (top + i < 0 || top + i >= s->in_h) {
      memset(line, 0, sizeof(float) * (size_t)(pitch * LANES));
      continue;
    }
    memset(line, 0, sizeof(float) * (size_t)(s->pad_w * LANES));
    d2l_to_lanes(source + (top + i) * s->in_w, plane, lanes, width, end, line + s->pad_w * LANES);
    memset(line + (s->pad_w + width) * LANES, 0, sizeof(float) * (size_t)((pitch - s->pad_w - width) * LANES));
  }
  input_tiles(strip, pitch, s->side, s->tiles_w, values + (block * rows + tile) * LANES, frequency_step(s->channel_blocks, rows));
}

winograd_shape d2l_winograd_shape(const d2l_convolution *s, bool gradient) {
  winograd_shape w = {s->batch, s->in_channels, s->in_h, s->in_w, s->out_channels, s->out_h, s->out_w, s->pad_h, s->pad_w, 0, 0, 0, 0, 0, 0};
  if (gradient) // the same correlation from gy to gx, with the kernels turned and exchanged
    w = (winograd_shape){s->batch, s->out_channels, s->out_h, s->out_w, s->in_channels, s->in_h, s->in_w, s->kernel_h - 1 - s->pad_h,
                         s->kernel_w - 1 - s->pad_w, 0, 0, 0, 0, 0, 0};
  w.kernel = s->kernel_h;
  w.side = 7 - w.kernel;
  w.tiles_h = d2l_ceil_div(w.out_h, w.side);
  w.tiles_w = d2l_ceil_div(w.out_w, w.side);
  w.channel_blocks = d2l_ceil_div(w.channels, LANES);
  w.output_blocks = d2l_ceil_div(w.outputs, LANES);
  return w;
}

/// Compares costs counted in vector multiply-adds. The definition pays nine (or 25) an output; tiles pay 36 for up to 16 (or four), the transforms of both sides, and the
/// transform of the weights, which few tiles do not earn back.
bool d2l_winograd_pays(const winograd_shape *s) {
  if (s->channels < 12 || s->outputs < 12) return false;
  const double tiles = (double)(s->batch * s->tiles_h * s->tiles_w), blocks = (double)(s->channel_blocks * s->output_blocks);
  const double plain = (double)(s->batch * s->out_h * s->out_w) * (double)(s->kernel * s->kernel) *
                       (double)(s->channels * s->outputs) / LANES * 1.1;
  const double products = tiles * FREQUENCIES * blocks * LANES, transforms = tiles * (double)(s->channel_blocks + s->output_blocks) * 500;
  return products + transforms + blocks * LANES * 300 < plain;
}
