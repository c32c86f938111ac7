// Running products. An input is seen as [outer, count, inner] and walked over the middle. (Running sums: d2l_reduce.h.)
#ifndef D2L_SCAN_H
#define D2L_SCAN_H

#include "d2l_types.h"

/// y[o, i, k] = product over j <= i of x[o, j, k]. Numbers.
void d2l_cumulative_product(d2l_dtype type, const void *x, void *y, int64_t outer, int64_t count, int64_t inner);
/// gx from g, the gradient of y. Divides nothing, so zeros in x are served. Float and double.
void d2l_cumulative_product_gradient(d2l_dtype type, const void *x, const void *g, void *gx, int64_t outer, int64_t count,
                                     int64_t inner);

#endif
