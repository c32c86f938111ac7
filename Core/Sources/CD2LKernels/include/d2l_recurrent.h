// Recurrent layers: all steps of one layer in one direction, forward and backward through time. Float and double.
//
// Arrays are time-first: [steps, batch, ...]. G is the number of gates: LSTM 4 (i f g o), GRU 3 (r z n), plain RNN 1. The products of the inputs and
// the gradients of the weights are single large matrix products that the caller makes; here is what goes step by step.
#ifndef D2L_RECURRENT_H
#define D2L_RECURRENT_H

#include "d2l_types.h"

typedef enum {
  D2L_RNN_TANH = 0, ///< h' = tanh(x + W h)
  D2L_RNN_RELU,     ///< h' = max(x + W h, 0)
  D2L_LSTM,         ///< c' = f c + i g, h' = o tanh(c') (Hochreiter & Schmidhuber, 1997)
  D2L_GRU,          ///< h' = (1 - z) n + z h with n = tanh(x_n + r (W_n h + b_n)) (Cho et al., 2014)
} d2l_cell;

typedef struct {
  d2l_cell cell;
  int64_t steps, batch, hidden;
  const int64_t *lengths; ///< [batch] valid steps of each example, or NULL: all
  bool reverse;           ///< from each example's last valid step to its first
} d2l_recurrent;

/// `gates` [steps, batch, G hidden] holds the input's share (biases included, but for the GRU's b_n) and receives the gates' values; for a plain RNN it
/// may be `y`. With `table` [ids, G hidden] the input's share is row ids[step, batch] of it; `gates` may then be NULL, if nothing is kept for a backward
/// pass. w [G hidden, hidden]; hidden_bias [hidden] is the GRU's b_n, or NULL. `h` [batch, hidden] holds the initial state and receives the one after the
/// last valid step; so does `c` (LSTM). y [steps, batch, hidden] is zero past the end. Kept for the backward pass unless NULL: `cells` (LSTM: the c of
/// each step) and `shares` (GRU: W_n h + b_n), [steps, batch, hidden].
void d2l_recurrent_forward(d2l_dtype type, const d2l_recurrent *shape, void *gates, const void *table, const int64_t *ids,
                           const void *w, const void *hidden_bias, void *h, void *c, void *y, void *cells, void *shares);

/// h0, c0 are the initial states or NULL: zero. gy [steps, batch, hidden] or NULL: zero. `gh` and `gc` [batch, hidden] hold the gradients of the final
/// states and receive those of the initial ones. ggates [steps, batch, G hidden] is the gradient of the input's share; gshares (GRU) that of W_n h + b_n.
void d2l_recurrent_backward(d2l_dtype type, const d2l_recurrent *shape, const void *gates, const void *w, const void *h0,
                            const void *c0, const void *y, const void *cells, const void *shares, const void *gy, void *gh,
                            void *gc, void *ggates, void *gshares);

#endif
