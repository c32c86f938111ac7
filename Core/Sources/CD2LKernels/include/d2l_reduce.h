// Reductions. An input is seen as [outer, count, inner] and reduced over the middle.
#ifndef D2L_REDUCE_H
#define D2L_REDUCE_H

#include "d2l_types.h"

/// `count` == 0 gives the neutral element where there is one; MAX, MIN and the arg forms are never called with it.
/// Sums of floats are cascaded: the error does not grow with the count as a running sum's does.
typedef enum {
  D2L_SUM = 0,   ///< numbers, result of the same type
  D2L_PROD,      ///< numbers
  D2L_REDUCE_MAX, ///< numbers; NaN wins
  D2L_REDUCE_MIN,
  D2L_SUM_SQUARES, ///< floats
  D2L_SUM_ABS,     ///< floats
  D2L_LOG_SUM_EXP, ///< floats, shifted by the maximum
  D2L_ANY,         ///< Bool
  D2L_ALL,         ///< Bool
  D2L_COUNT_TRUE,  ///< Bool to int64
  D2L_ARG_MAX,     ///< numbers to int64; the first of equals; NaN wins
  D2L_ARG_MIN,
} d2l_reduce_op;
void d2l_reduce(d2l_dtype type, d2l_reduce_op op, const void *x, void *y, int64_t outer, int64_t count, int64_t inner);
/// Mean and variance (sum of squared deviations divided by count - correction) in two passes. Floats.
void d2l_mean_variance(d2l_dtype type, const void *x, void *mean, void *variance, int64_t outer, int64_t count, int64_t inner,
                       double correction);
/// y[o, i, k] = sum over j <= i of x[o, j, k]; from the end if `reversed`. Numbers.
void d2l_cumulative_sum(d2l_dtype type, const void *x, void *y, int64_t outer, int64_t count, int64_t inner, bool reversed);

#endif
