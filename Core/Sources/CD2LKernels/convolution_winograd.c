// Winograd's convolution: weights and inputs are transformed, multiplied at each of the 36 frequencies, and transformed back. The error is a few millionths of the
// largest output, more than a sum by definition makes, which is why double never comes here.
#include "convolution_winograd.h"

typedef int32_t mask __attribute__((vector_size(64), aligned(4)));

/// Channels multiplied in one go: four blocks of weights then stay in the first-level cache.
enum { DEPTH_BLOCKS = 8 };

typedef struct {
  const winograd_shape *s;
  const float *x, *w, *scale, *bias;
  bool gradient;
  d2l_activation activation;
  float *y, *weights;
  int64_t rows_each; ///< tile rows of a block
} winograd_job;

/// A block of tile rows on its way through the three phases.
typedef struct {
  const winograd_job *job;
  int64_t first, count, tiles; ///< tile rows, and tiles in all
  float *values, *products;
} winograd_block;

/// G g for five weights.
D2L_INLINE void weight_five(const vector *g, vector *u) {
  // The fourth and fifth power of a point are its square (1/2 or 2) times its second and third.
  const vector near = (g[0] + 0.5f * g[2] + 0.25f * g[4]) * (-2.0f / 3), near_odd = (g[1] + 0.5f * g[3]) * (-ROOT / 3);
  const vector far = (g[0] + 2 * g[2] + 4 * g[4]) * (1.0f / 6), far_odd = (g[1] + 2 * g[3]) * (ROOT / 6);
  u[0] = g[0];
  u[1] = near + near_odd;
  u[2] = near - near_odd;
  u[3] = far + far_odd;
  u[4] = far - far_odd;
  u[5] = g[4];
}

/// G g for three weights.
D2L_INLINE void weight_three(const vector *g, vector *u) {
  const vector near = g[0] * (-2.0f / 3) - g[2] * (1.0f / 3), near_odd = g[1] * (-ROOT / 3);
  const vector far = g[0] * (1.0f / 6) + g[2] * (1.0f / 3), far_odd = g[1] * (ROOT / 6);
  u[0] = g[0];
  u[1] = near + near_odd;
  u[2] = near - near_odd;
  u[3] = far + far_odd;
  u[4] = far - far_odd;
  u[5] = g[2];
}

/// Kernels in lanes to their 36 frequencies, those of each lane times its scale.
D2L_INLINE void weight_kernels(const int kernel, const float *flat, const float *scale, bool turned, int64_t count, float *weights, int64_t step) {
  const int taps = kernel * kernel;
  const vector factor = *(const vector *)scale;
  for (int64_t c = 0; c < count; c++, flat += taps * LANES, weights += LANES) {
    vector columns[5][6];
    for (int j = 0; j < kernel; j++) {
      vector g[5];
      for (int i = 0; i < kernel; i++)
        g[i] = *(const vector *)(flat + (turned ? taps - 1 - (i * kernel + j) : i * kernel + j) * LANES) * factor;
      if (kernel == 3) weight_three(g, columns[j]);
      else weight_five(g, columns[j]);
    }
    for (int i = 0; i < 6; i++) {
      vector g[5], u[6];
      for (int j = 0; j < kernel; j++) g[j] = columns[j][i];
      if (kernel == 3) weight_three(g, u);
      else weight_five(g, u);
      for (int j = 0; j < 6; j++) *(vector *)(weights + (i * 6 + j) * step) = u[j];
    }
  }
}

D2L_CLONES static void weight_kernels_of(int64_t kernel, const float *flat, const float *scale, bool turned, int64_t count, float *weights,
                                         int64_t step) {
  if (kernel == 3) weight_kernels(3, flat, scale, turned, count, weights, step);
  else weight_kernels(5, flat, scale, turned, count, weights, step);
}

/// Units are pairs of a block of outputs and a block of channels.
static void transform_weights(void *context, int64_t begin, int64_t end) {
  const winograd_job *job = context;
  const winograd_shape *s = job->s;
  const int64_t step = frequency_step(s->output_blocks, s->channels);
  const int64_t taps = s->kernel * s->kernel;
  const float *last = job->w + s->channels * s->outputs * taps;
  float flat[LANES * MOST_TAPS * LANES] __attribute__((aligned(64))), scale[LANES];
  for (int64_t unit = begin; unit < end; unit++) {
    const int64_t k = unit / s->channel_blocks * LANES, c = unit % s->channel_blocks * LANES;
    const int64_t lanes = d2l_min(LANES, s->outputs - k), count = d2l_min(LANES, s->channels - c);
    for (int64_t i = 0; i < LANES; i++) scale[i] = job->scale != NULL && i < lanes ? job->scale[k + i] : 1;
    if (!job->gradient)
      d2l_to_lanes(job->w + (k * s->channels + c) * taps, s->channels * taps, lanes, count * taps, last, flat);
    else
      for (int64_t i = 0; i < count; i++)
        d2l_to_lanes(job->w + ((c + i) * s->outputs + k) * taps, taps, lanes, taps, last, flat + i * taps * LANES);
    weight_kernels_of(s->kernel, flat, scale, job->gradient, count, job->weights + (k / LANES * s->channels + c) * LANES, step);
  }
}

/// products[tile][16 outputs] x vectors (+)= values[tile][channel] * weights[channel][16 outputs].
D2L_INLINE void tile(const int rows, const int vectors, const float *values, int64_t value_block, const float *weights, int64_t weight_block,
                     int64_t depth, float *products, int64_t product_block, bool add) {
  vector acc[D2L_TILE_ROWS][D2L_TILE_VECTORS];
  _Pragma("clang loop unroll(full)") for (int m = 0; m < rows; m++)
    _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++)
      acc[m][v] = add ? *(const vector *)(products + v * product_block + m * LANES) : (vector){0};
  for (int64_t c = 0; c < depth; c += LANES, values += value_block) {
    const int64_t count = d2l_min(LANES, depth - c);
    for (int64_t i = 0; i < count; i++, weights += LANES) {
      vector w[D2L_TILE_VECTORS];
      _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++) w[v] = *(const vector *)(weights + v * weight_block);
      _Pragma("clang loop unroll(full)") for (int m = 0; m < rows; m++)
        _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++) acc[m][v] += values[m * LANES + i] * w[v];
    }
  }
  _Pragma("clang loop unroll(full)") for (int m = 0; m < rows; m++)
    _Pragma("clang loop unroll(full)") for (int v = 0; v < vectors; v++) *(vector *)(products + v * product_block + m * LANES) = acc[m][v];
}

#define TILE(rows, vectors) tile(rows, vectors, values, value_block, weights, weight_block, depth, products, product_block, add)
#define TILE_CASE(rows)                                                                                                        \
  case rows:                                                                                                                   \
    switch (vectors) {                                                                                                         \
    case 1: TILE(rows, 1); return;                                                                                             \
    case 2: TILE(rows, 2); return;                                                                                             \
    case 3: TILE(rows, 3); return;                                                                                             \
    default: TILE(rows, 4); return;                                                                                            \
    }

D2L_CLONES static void tile_of(int rows, int vectors, const float *values, int64_t value_block, const float *weights, int64_t weight_block,
                               int64_t depth, float *products, int64_t product_block, bool add) {
  switch (rows) {
    TILE_CASE(1)
    TILE_CASE(2)
    TILE_CASE(3)
    TILE_CASE(4)
    TILE_CASE(5)
    TILE_CASE(6)
  }
}

static void transform_inputs(void *context, int64_t begin, int64_t end) {
  const winograd_block *block = context;
  const winograd_shape *s = block->job->s;
  const size_t bytes = sizeof(float) * (size_t)strip_size(s);
  float *strip = d2l_allocate(bytes);
  for (int64_t unit = begin; unit < end; unit++) {
    const int64_t row = unit / s->channel_blocks, channels = unit % s->channel_blocks;
    d2l_winograd_input(s, block->job->x, block->first + row, channels, block->values, row * s->tiles_w, block->tiles, strip);
  }
  d2l_free(strip, bytes);
}

/// Units are pairs of a frequency and a panel of four blocks of outputs.
static void multiply(void *context, int64_t begin, int64_t end) {
  const winograd_block *block = context;
  const winograd_shape *s = block->job->s;
  const int64_t panels = d2l_ceil_div(s->output_blocks, D2L_TILE_VECTORS), groups = d2l_ceil_div(block->tiles, D2L_TILE_ROWS);
  for (int64_t unit = begin; unit < end; unit++) {
    const int64_t frequency = unit / panels, first = unit % panels * D2L_TILE_VECTORS;
    const int vectors = (int)d2l_min(D2L_TILE_VECTORS, s->output_blocks - first);
    const float *values = block->values + frequency * frequency_step(s->channel_blocks, block->tiles);
    const float *weights = block->job->weights + frequency * frequency_step(s->output_blocks, s->channels) + first * s->channels * LANES;
    float *products = block->products + frequency * frequency_step(s->output_blocks, block->tiles) + first * block->tiles * LANES;
    for (int64_t c = 0; c < s->channels; c += DEPTH_BLOCKS * LANES) {
      const int64_t depth = d2l_min(DEPTH_BLOCKS * LANES, s->channels - c);
      int64_t at = 0;
      for (int64_t g = 0; g < groups; g++) {
        const int rows = (int)(block->tiles / groups + (g < block->tiles % groups));
        tile_of(rows, vectors, values + (c * block->tiles) + at * LANES, block->tiles * LANES, weights + c * LANES, s->channels * LANES,
                depth, products + at * LANES, block->tiles * LANES, c > 0);
        at += rows;
      }
    }
  }
}

/// A^T m for six products.
D2L_INLINE void output_six(const int side, const vector *m, vector *y) {
  const vector near = m[1] + m[2], near_odd = (m[1] - m[2]) * (ROOT / 2), far = m[3] + m[4], far_odd = (m[3] - m[4]) * ROOT;
  y[0] = m[0] + near + far;
  y[1] = side == 2 ? near_odd + far_odd + m[5] : near_odd + far_odd;
  if (side == 2) return;
  y[2] = 0.5f * near + 2 * far;
  y[3] = 0.5f * near_odd + 2 * far_odd + m[5];
}

/// A row of tiles back to `side` rows of `width` columns of lanes, with bias and rectifier.
D2L_INLINE void output_tiles(const int side, const float *products, int64_t step, int64_t tiles, int64_t rows, int64_t width, const float *bias,
                                    bool rectify, float *flat) {
  const vector offset = *(const vector *)bias;
  for (int64_t t = 0; t < tiles; t++, products += LANES) {
    vector columns[6][4];
    for (int j = 0; j < 6; j++) {
      vector m[6];
      for (int i = 0; i < 6; i++) m[i] = *(const vector *)(products + (i * 6 + j) * step);
      output_six(side, m, columns[j]);
    }
    const int64_t across = d2l_min(side, width - side * t);
    for (int64_t i = 0; i < rows; i++) {
      vector m[6], y[4];
      for (int j = 0; j < 6; j++) m[j] = columns[j][i];
      output_six(side, m, y);
      for (int64_t j = 0; j < across; j++) {
        vector v = y[j] + offset;
        if (rectify) v = (vector)((mask)v & ~(v < 0));
        *(vector *)(flat + (i * width + side * t + j) * LANES) = v;
      }
    }
  }
}

D2L_CLONES static void output_tiles_of(int64_t side, const float *products, int64_t step, int64_t tiles, int64_t rows, int64_t width,
                                       const float *bias, bool rectify, float *flat) {
  if (side == 4) output_tiles(4, products, step, tiles, rows, width, bias, rectify, flat);
  else output_tiles(2, products, step, tiles, rows, width, bias, rectify, flat);
}

static void transform_outputs(void *context, int64_t begin, int64_t end) {
  const winograd_block *block = context;
  const winograd_job *job = block->job;
  const winograd_shape *s = job->s;
  const size_t bytes = sizeof(float) * (size_t)(s->side * s->out_w * LANES);
  const int64_t plane = s->out_h * s->out_w, step = frequency_step(s->output_blocks, block->tiles);
  float *flat = d2l_allocate(bytes), bias[LANES];
  for (int64_t unit = begin; unit < end; unit++) {
    const int64_t row = block->first + unit / s->output_blocks, k = unit % s->output_blocks;
    const int64_t n = row / s->tiles_h, top = row % s->tiles_h * s->side, rows = d2l_min(s->side, s->out_h - top);
    const int64_t lanes = d2l_min(LANES, s->outputs - k * LANES);
    for (int64_t i = 0; i < LANES; i++) bias[i] = job->bias != NULL && i < lanes ? job->bias[k * LANES + i] : 0;
    output_tiles_of(s->side, block->products + (k * block->tiles + unit / s->output_blocks * s->tiles_w) * LANES, step, s->tiles_w, rows, s->out_w, bias,
                 job->activation == D2L_ACTIVATION_RELU, flat);
    float *y = job->y + (n * s->outputs + k * LANES) * plane + top * s->out_w;
    d2l_from_lanes(flat, y, plane, lanes, rows * s->out_w);
    if (job->activation == D2L_ACTIVATION_SIGMOID || job->activation == D2L_ACTIVATION_TANH)
      for (int64_t i = 0; i < lanes; i++) d2l_activate_run_f(y + i * plane, 0, job->activation, rows * s->out_w);
  }
  d2l_free(flat, bytes);
}

/// Blocks [begin, end): inside a piece of work the phases run in its thread; called for a few blocks they are spread over all.
static void run_blocks(void *context, int64_t begin, int64_t end) {
  const winograd_job *job = context;
  const winograd_shape *s = job->s;
  const int64_t most = job->rows_each * s->tiles_w, all = s->batch * s->tiles_h;
  const int64_t value_size = FREQUENCIES * frequency_step(s->channel_blocks, most);
  const size_t bytes = sizeof(float) * (size_t)(value_size + FREQUENCIES * frequency_step(s->output_blocks, most));
  float *values = d2l_allocate(bytes);
  for (int64_t b = begin; b < end; b++) {
    winograd_block block = {job, b * job->rows_each, d2l_min(job->rows_each, all - b * job->rows_each), 0, values, values + value_size};
    block.tiles = block.count * s->tiles_w;
    d2l_parallel_for(block.count * s->channel_blocks, 1 + 32 / s->tiles_w, transform_inputs, &block);
    d2l_parallel_for(FREQUENCIES * d2l_ceil_div(s->output_blocks, D2L_TILE_VECTORS), 1, multiply, &block);
    d2l_parallel_for(block.count * s->output_blocks, 1 + 32 / s->tiles_w, transform_outputs, &block);
  }
  d2l_free(values, bytes);
}

void d2l_winograd_forward(const winograd_shape *s, const float *x, const float *w, const float *scale, bool gradient, const float *bias,
                          d2l_activation activation, float *y) {
  const size_t bytes = sizeof(float) * (size_t)(FREQUENCIES * frequency_step(s->output_blocks, s->channels));
  winograd_job job = {s, x, w, scale, bias, gradient, activation, y, d2l_allocate(bytes), 0};
  d2l_parallel_for(s->output_blocks * s->channel_blocks, 4, transform_weights, &job);
  // Enough tiles to reuse the weights while they are in a near cache, few enough that what lies between the phases stays in the second level where channels are few.
  const int64_t each = FREQUENCIES * (s->channel_blocks + s->output_blocks) * LANES * (int64_t)sizeof(float), rows = s->batch * s->tiles_h;
  const int64_t tiles = d2l_max(64, (640 << 10) / each);
  job.rows_each = d2l_min(rows, d2l_max(1, tiles / s->tiles_w));
  const int64_t blocks = d2l_ceil_div(rows, job.rows_each);
  job.rows_each = d2l_ceil_div(rows, blocks);
  if (blocks >= 4) d2l_parallel_for(d2l_ceil_div(rows, job.rows_each), 1, run_blocks, &job);
  else run_blocks(&job, 0, d2l_ceil_div(rows, job.rows_each));
  d2l_free(job.weights, bytes);
}
