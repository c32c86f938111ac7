// The gradient of 3x3 and 5x5 weights by Winograd's way: the transpose of the forward pass. With V = B^T x B and D = A gy A^T of every tile, gw = G^T (sum over tiles of V D) G.
#include "convolution_winograd.h"

typedef struct {
  const winograd_shape *s;
  const float *x, *gy;
  float *gw, *gbias, *values, *gradients, *sums;
  int64_t first, count, tiles; ///< tile rows of the block, and its tiles
  bool add;                    ///< whether `sums` holds earlier blocks
} weight_job;

/// A d for two gradients.
D2L_INLINE void gradient_two(const vector *d, vector *o) {
  const vector near = d[1] * (ROOT / 2), far = d[1] * ROOT;
  o[0] = d[0];
  o[1] = d[0] + near;
  o[2] = d[0] - near;
  o[3] = d[0] + far;
  o[4] = d[0] - far;
  o[5] = d[1];
}

/// A d for four gradients.
D2L_INLINE void gradient_four(const vector *d, vector *o) {
  const vector near = d[0] + 0.5f * d[2], near_odd = (d[1] + 0.5f * d[3]) * (ROOT / 2);
  const vector far = d[0] + 2 * d[2], far_odd = (d[1] + 2 * d[3]) * ROOT;
  o[0] = d[0];
  o[1] = near + near_odd;
  o[2] = near - near_odd;
  o[3] = far + far_odd;
  o[4] = far - far_odd;
  o[5] = d[3];
}

D2L_INLINE void gradient_tiles(const int side, const float *strip, int64_t pitch, int64_t tiles, float *gradients, int64_t step) {
  for (int64_t t = 0; t < tiles; t++, gradients += LANES) {
    vector columns[4][6];
    for (int j = 0; j < side; j++) {
      vector d[4];
      for (int i = 0; i < side; i++) d[i] = *(const vector *)(strip + (i * pitch + side * t + j) * LANES);
      if (side == 4) gradient_four(d, columns[j]);
      else gradient_two(d, columns[j]);
    }
    for (int i = 0; i < 6; i++) {
      vector d[4], o[6];
      for (int j = 0; j < side; j++) d[j] = columns[j][i];
      if (side == 4) gradient_four(d, o);
      else gradient_two(d, o);
      for (int j = 0; j < 6; j++) *(vector *)(gradients + (i * 6 + j) * step) = o[j];
    }
  }
}

D2L_CLONES static void gradient_tiles_of(int64_t side, const float *strip, int64_t pitch, int64_t tiles, float *gradients, int64_t step) {
  if (side == 4) gradient_tiles(4, strip, pitch, tiles, gradients, step);
  else gradient_tiles(2, strip, pitch, tiles, gradients, step);
}

/// Tile row `row` of output block `block` of gy, its missing columns and rows zero.
static void gradient_row(const weight_job *job, int64_t row, int64_t block, float *strip) {
  const winograd_shape *s = job->s;
  const int64_t image = (job->first + row) / s->tiles_h, top = (job->first + row) % s->tiles_h * s->side, pitch = s->side * s->tiles_w;
  const int64_t plane = s->out_h * s->out_w, lanes = d2l_min(LANES, s->outputs - block * LANES);
  const float *source = job->gy + (image * s->outputs + block * LANES) * plane, *end = job->gy + s->batch * s->outputs * plane;
  for (int64_t i = 0; i < s->side; i++) {
    float *line = strip + i * pitch * LANES;
    const int64_t width = top + i < s->out_h ? s->out_w : 0;
    if (width > 0) d2l_to_lanes(source + (top + i) * s->out_w, plane, lanes, width, end, line);
    memset(line + width * LANES, 0, sizeof(float) * (size_t)((pitch - width) * LANES));
  }
  gradient_tiles_of(s->side, strip, pitch, s->tiles_w, job->gradients + (block * job->tiles + row * s->tiles_w) * LANES,
                 frequency_step(s->output_blocks, job->tiles));
}

/// Units are a tile row with a block of channels of x or of gy.
static void transform(void *context, int64_t begin, int64_t end) {
  const weight_job *job = context;
  const winograd_shape *s = job->s;
  const size_t bytes = sizeof(float) * (size_t)strip_size(s);
  float *strip = d2l_allocate(bytes);
  const int64_t each = s->channel_blocks + s->output_blocks;
  for (int64_t unit = begin; unit < end; unit++) {
    const int64_t row = unit / each, block = unit % each;
    if (block < s->channel_blocks)
      d2l_winograd_input(s, job->x, job->first + row, block, job->values, row * s->tiles_w, job->tiles, strip);
    else
      gradient_row(job, row, block - s->channel_blocks, strip);
  }
  d2l_free(strip, bytes);
}

/// sums[channel][16 outputs] x vectors (+)= values[tile][channel] * gradients[tile][16 outputs].
D2L_INLINE void tile(const int rows, const int vectors, const float *values, const float *gradients, int64_t gradient_block, int64_t tiles,
                     float *sums, int64_t sum_block, bool add) {
  vector acc[D2L_TILE_ROWS][D2L_TILE_VECTORS];
  _Pragma("clang loop unroll(full)") for (int m = 0; m < rows; m++)
    _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++)
      acc[m][v] = add ? *(const vector *)(sums + v * sum_block + m * LANES) : (vector){0};
  for (int64_t t = 0; t < tiles; t++, values += LANES, gradients += LANES) {
    vector g[D2L_TILE_VECTORS];
    _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++) g[v] = *(const vector *)(gradients + v * gradient_block);
    _Pragma("clang loop unroll(full)") for (int m = 0; m < rows; m++)
      _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++) acc[m][v] += values[m] * g[v];
  }
  _Pragma("clang loop unroll(full)") for (int m = 0; m < rows; m++)
    _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++) *(vector *)(sums + v * sum_block + m * LANES) = acc[m][v];
}

/// The three parts (6, 5 and 5 channels) of a block.
#define PARTS(vectors)                                                                                                         \
  tile(6, vectors, values, gradients, gradient_block, tiles, sums, sum_block, add);                                            \
  tile(5, vectors, values + 6, gradients, gradient_block, tiles, sums + 6 * LANES, sum_block, add);                            \
  tile(5, vectors, values + 11, gradients, gradient_block, tiles, sums + 11 * LANES, sum_block, add);

D2L_CLONES static void tile_of(int vectors, const float *values, const float *gradients, int64_t gradient_block, int64_t tiles, float *sums,
                               int64_t sum_block, bool add) {
  switch (vectors) {
  case 1: PARTS(1) return;
  case 2: PARTS(2) return;
  case 3: PARTS(3) return;
  default: PARTS(4) return;
  }
}

/// Units are pairs of a frequency and a panel of four blocks of outputs.
static void multiply(void *context, int64_t begin, int64_t end) {
  const weight_job *job = context;
  const winograd_shape *s = job->s;
  const int64_t panels = d2l_ceil_div(s->output_blocks, D2L_TILE_VECTORS), rows = s->channel_blocks * LANES;
  for (int64_t unit = begin; unit < end; unit++) {
    const int64_t frequency = unit / panels, first = unit % panels * D2L_TILE_VECTORS;
    const int vectors = (int)d2l_min(D2L_TILE_VECTORS, s->output_blocks - first);
    const float *gradients = job->gradients + frequency * frequency_step(s->output_blocks, job->tiles) + first * job->tiles * LANES;
    float *sums = job->sums + frequency * frequency_step(s->output_blocks, rows) + first * rows * LANES;
    for (int64_t c = 0; c < s->channel_blocks; c++)
      tile_of(vectors, job->values + frequency * frequency_step(s->channel_blocks, job->tiles) + c * job->tiles * LANES, gradients,
              job->tiles * LANES, job->tiles, sums + c * LANES * LANES, rows * LANES, job->add);
  }
}

/// G^T u for six frequencies, to five weights.
D2L_INLINE void weight_five(const vector *u, vector *g) {
  const vector near = (u[1] + u[2]) * (-2.0f / 3), near_odd = (u[2] - u[1]) * (ROOT / 3);
  const vector far = (u[3] + u[4]) * (1.0f / 6), far_odd = (u[3] - u[4]) * (ROOT / 6);
  g[0] = u[0] + near + far;
  g[1] = near_odd + far_odd;
  g[2] = 0.5f * near + 2 * far;
  g[3] = 0.5f * near_odd + 2 * far_odd;
  g[4] = 0.25f * near + 4 * far + u[5];
}

/// The same to three weights.
D2L_INLINE void weight_three(const vector *u, vector *g) {
  const vector near = (u[1] + u[2]) * (1.0f / 3), far = u[3] + u[4];
  g[0] = u[0] - 2 * near + far * (1.0f / 6);
  g[1] = (u[2] - u[1]) * (ROOT / 3) + (u[3] - u[4]) * (ROOT / 6);
  g[2] = far * (1.0f / 3) - near + u[5];
}

D2L_INLINE void weight_kernels(const int kernel, const float *sums, int64_t step, int64_t count, float *flat) {
  for (int64_t c = 0; c < count; c++, sums += LANES, flat += kernel * kernel * LANES) {
    vector columns[6][5];
    for (int j = 0; j < 6; j++) {
      vector u[6];
      for (int i = 0; i < 6; i++) u[i] = *(const vector *)(sums + (i * 6 + j) * step);
      if (kernel == 3) weight_three(u, columns[j]);
      else weight_five(u, columns[j]);
    }
    for (int i = 0; i < kernel; i++) {
      vector u[6], g[5];
      for (int j = 0; j < 6; j++) u[j] = columns[j][i];
      if (kernel == 3) weight_three(u, g);
      else weight_five(u, g);
      for (int j = 0; j < kernel; j++) *(vector *)(flat + (i * kernel + j) * LANES) = g[j];
    }
  }
}

D2L_CLONES static void weight_kernels_of(int64_t kernel, const float *sums, int64_t step, int64_t count, float *flat) {
  if (kernel == 3) weight_kernels(3, sums, step, count, flat);
  else weight_kernels(5, sums, step, count, flat);
}

static void transform_back(void *context, int64_t begin, int64_t end) {
  const weight_job *job = context;
  const winograd_shape *s = job->s;
  const int64_t rows = s->channel_blocks * LANES, taps = s->kernel * s->kernel;
  float flat[LANES * MOST_TAPS * LANES] __attribute__((aligned(64)));
  for (int64_t unit = begin; unit < end; unit++) {
    const int64_t k = unit / s->channel_blocks * LANES, c = unit % s->channel_blocks * LANES, count = d2l_min(LANES, s->channels - c);
    weight_kernels_of(s->kernel, job->sums + (k / LANES * rows + c) * LANES, frequency_step(s->output_blocks, rows), count, flat);
    d2l_from_lanes(flat, job->gw + (k * s->channels + c) * taps, s->channels * taps, d2l_min(LANES, s->outputs - k), count * taps);
  }
}

D2L_CLONES static void sum_bias(void *context, int64_t begin, int64_t end) {
  const weight_job *job = context;
  const winograd_shape *s = job->s;
  const int64_t plane = s->out_h * s->out_w;
  for (int64_t k = begin; k < end; k++) {
    float lanes[LANES] = {0}, sum = 0;
    for (int64_t n = 0; n < s->batch; n++) {
      const float *g = job->gy + (n * s->outputs + k) * plane;
      int64_t i = 0;
      for (; i + LANES <= plane; i += LANES)
        for (int lane = 0; lane < LANES; lane++) lanes[lane] += g[i + lane];
      for (int lane = 0; i < plane; i++, lane++) lanes[lane] += g[i];
    }
    for (int lane = 0; lane < LANES; lane++) sum += lanes[lane];
    job->gbias[k] = sum;
  }
}

void d2l_winograd_gradient_weight(const winograd_shape *s, const float *x, const float *gy, float *gw, float *gbias) {
  const int64_t each = FREQUENCIES * (s->channel_blocks + s->output_blocks) * LANES * (int64_t)sizeof(float), rows = s->batch * s->tiles_h;
  // All threads work on one block, whose size bounds the scratch; the sums over blocks run in order.
  const int64_t tiles = d2l_max(64, (4 << 20) / each);
  int64_t rows_each = d2l_min(rows, d2l_max(1, tiles / s->tiles_w));
  rows_each = d2l_ceil_div(rows, d2l_ceil_div(rows, rows_each));
  const int64_t most = rows_each * s->tiles_w;
  const int64_t value_size = FREQUENCIES * frequency_step(s->channel_blocks, most);
  const int64_t gradient_size = FREQUENCIES * frequency_step(s->output_blocks, most);
  const int64_t sum_size = FREQUENCIES * frequency_step(s->output_blocks, s->channel_blocks * LANES);
  const size_t bytes = sizeof(float) * (size_t)(value_size + gradient_size + sum_size);
  weight_job job = {.s = s, .x = x, .gy = gy, .gw = gw, .gbias = gbias, .values = d2l_allocate(bytes)};
  job.gradients = job.values + value_size;
  job.sums = job.gradients + gradient_size;
  for (job.first = 0; job.first < rows; job.first += rows_each) {
    job.count = d2l_min(rows_each, rows - job.first);
    job.tiles = job.count * s->tiles_w;
    job.add = job.first > 0;
    d2l_parallel_for(job.count * (s->channel_blocks + s->output_blocks), 1 + 64 / s->tiles_w, transform, &job);
    d2l_parallel_for(FREQUENCIES * d2l_ceil_div(s->output_blocks, D2L_TILE_VECTORS), 1, multiply, &job);
  }
  d2l_parallel_for(s->output_blocks * s->channel_blocks, 4, transform_back, &job);
  if (gbias != NULL) d2l_parallel_for(s->outputs, d2l_row_grain(D2L_GRAIN_CHEAP, s->batch * s->out_h * s->out_w), sum_bias, &job);
  d2l_free(job.values, bytes);
}
