// Images in another size. The two neighbours of each output row and column are looked up once, then every plane uses the tables.
#include "d2l_upsampling.h"
#include "layer_support.h"
#include "profile_support.h"
#include <math.h>

#define REAL float
#define NAME(x) x##_f
#define FLOOR floorf
#include "upsampling.inc"

#define REAL double
#define NAME(x) x##_d
#define FLOOR floor
#include "upsampling.inc"

void d2l_upsample(d2l_dtype type, const d2l_upsampling *shape, const void *x, void *y) {
  D2L_PROFILED("upsample");
  D2L_REAL_CALL("d2l_upsample", type, upsample, shape, x, y, false);
}

void d2l_upsample_gradient(d2l_dtype type, const d2l_upsampling *shape, const void *gy, void *gx) {
  D2L_PROFILED("upsample");
  D2L_REAL_CALL("d2l_upsample_gradient", type, upsample, shape, gy, gx, true);
}
