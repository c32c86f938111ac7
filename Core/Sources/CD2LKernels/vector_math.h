// Elementary functions without branches or calls, for loops that the compiler turns into vector code.
#ifndef VECTOR_MATH_H
#define VECTOR_MATH_H

#include "kernel_support.h"
#include <math.h>

#define LIBM(name) \
  D2L_INLINE float d2l_##name##_f(float x) { return name##f(x); } \
  D2L_INLINE double d2l_##name##_d(double x) { return name(x); }
LIBM(exp) LIBM(expm1) LIBM(log) LIBM(log2) LIBM(log10) LIBM(log1p) LIBM(sin) LIBM(cos) LIBM(tan) LIBM(asin) LIBM(acos)
LIBM(atan) LIBM(sinh) LIBM(cosh) LIBM(tanh) LIBM(erf)
#undef LIBM
D2L_INLINE float d2l_sigmoid_f(float x) { return 1 / (1 + expf(-x)); }
D2L_INLINE double d2l_sigmoid_d(double x) { return 1 / (1 + exp(-x)); }
D2L_INLINE float d2l_pow_f(float x, float y) { return powf(x, y); }
D2L_INLINE double d2l_pow_d(double x, double y) { return pow(x, y); }
D2L_INLINE float d2l_atan2_f(float x, float y) { return atan2f(x, y); }
D2L_INLINE double d2l_atan2_d(double x, double y) { return atan2(x, y); }
// On an eighth of a turn to either side of 0.
D2L_INLINE float d2l_sin_quarter_f(float x) { return sinf(x); }
D2L_INLINE double d2l_sin_quarter_d(double x) { return sin(x); }
D2L_INLINE float d2l_cos_quarter_f(float x) { return cosf(x); }
D2L_INLINE double d2l_cos_quarter_d(double x) { return cos(x); }

#endif
