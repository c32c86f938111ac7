// Trigonometric functions in the manner of vector_math.h. Those of doubles are the C library's.
#ifndef VECTOR_TRIGONOMETRY_H
#define VECTOR_TRIGONOMETRY_H

#include "vector_math.h"

// --- sine and cosine --------------------------------------------------------------------------------------------------

/// On +-pi/4.
D2L_INLINE float d2l_sin_quarter_f(float x) {
  float z = x * x;
  float p = 0x1.7cd1a2p-19f;
  p = p * z + -0x1.a05ba0p-13f;
  p = p * z + 0x1.111176p-7f;
  p = p * z + -0x1.555556p-3f;
  return x + x * z * p;
}
D2L_INLINE float d2l_cos_quarter_f(float x) {
  float z = x * x;
  float p = 0x1.99e0d0p-16f;
  p = p * z + -0x1.6c0c1ap-10f;
  p = p * z + 0x1.55554ap-5f;
  return 1 + (z * z * p - 0.5f * z);
}
D2L_INLINE double d2l_sin_quarter_d(double x) {
  double z = x * x;
  double p = 0x1.5d9386821fca6p-33;
  p = p * z + -0x1.ae5e68424e3b9p-26;
  p = p * z + 0x1.71de357ab6019p-19;
  p = p * z + -0x1.a01a019c15bcep-13;
  p = p * z + 0x1.111111110f8a4p-7;
  p = p * z + -0x1.5555555555549p-3;
  return x + x * z * p;
}
D2L_INLINE double d2l_cos_quarter_d(double x) {
  double z = x * x;
  double p = -0x1.8fb110ce9de1bp-37;
  p = p * z + 0x1.1ee9f11beaf23p-29;
  p = p * z + -0x1.27e4f812731b8p-22;
  p = p * z + 0x1.a01a019cbf1bcp-16;
  p = p * z + -0x1.6c16c16c1521dp-10;
  p = p * z + 0x1.555555555554cp-5;
  double half = 0.5 * z;
  double first = 1 - half;
  return first + ((1 - first - half) + z * z * p);
}

/// Beyond this, multiples of pi/2 are not subtracted exactly enough; callers leave larger arguments to the C library.
#define D2L_TURNS_LIMIT 0x1p17f

typedef struct {
  float rest; ///< x = quadrant pi / 2 + rest
  uint32_t quadrant;
} turns;
D2L_INLINE turns turns_of(float x) {
  double shifted = (double)x * 0x1.45f306dc9c883p-1 + ROUND_D; // 2 / pi
  double whole = shifted - ROUND_D;
  double rest = (double)x - whole * 0x1.921fb544p0; // the first 33 bits of pi / 2
  rest = rest - whole * 0x1.0b4611a626331p-34;
  turns result = {(float)rest, (uint32_t)bits_d(shifted)};
  return result;
}
D2L_INLINE float d2l_sin_f(float x) {
  turns t = turns_of(x);
  float value = t.quadrant & 1 ? d2l_cos_quarter_f(t.rest) : d2l_sin_quarter_f(t.rest);
  float result = t.quadrant & 2 ? -value : value;
  return x == 0 ? x : result;
}
D2L_INLINE float d2l_cos_f(float x) {
  turns t = turns_of(x);
  float value = t.quadrant & 1 ? d2l_sin_quarter_f(t.rest) : d2l_cos_quarter_f(t.rest);
  return (t.quadrant + 1) & 2 ? -value : value;
}
D2L_INLINE float d2l_tan_f(float x) {
  turns t = turns_of(x);
  float sine = d2l_sin_quarter_f(t.rest), cosine = d2l_cos_quarter_f(t.rest);
  float result = t.quadrant & 1 ? -cosine / sine : sine / cosine;
  return x == 0 ? x : result;
}
D2L_INLINE double d2l_sin_d(double x) { return sin(x); }
D2L_INLINE double d2l_cos_d(double x) { return cos(x); }
D2L_INLINE double d2l_tan_d(double x) { return tan(x); }

// --- inverse trigonometric --------------------------------------------------------------------------------------------

/// On 0 ... 1.
D2L_INLINE float atan_core_f(float x) {
  float z = x * x;
  float p = -0x1.dcef54p-10f;
  p = p * z + 0x1.697bd4p-7f;
  p = p * z + -0x1.013836p-5f;
  p = p * z + 0x1.dca06ap-5f;
  p = p * z + -0x1.58bf04p-4f;
  p = p * z + 0x1.c0c972p-4f;
  p = p * z + -0x1.242634p-3f;
  p = p * z + 0x1.999266p-3f;
  p = p * z + -0x1.555540p-2f;
  return x + x * z * p;
}
static const float HALF_PI_F = 0x1.921fb6p0f, HALF_PI_LOW_F = -0x1.777a5cp-25f;

D2L_INLINE float d2l_atan_f(float x) {
  float size = __builtin_fabsf(x);
  bool steep = size > 1;
  float inner = atan_core_f(steep ? 1 / size : size);
  float result = steep ? HALF_PI_F - (inner - HALF_PI_LOW_F) : inner;
  return with_sign_f(result, x);
}
D2L_INLINE float d2l_atan2_f(float y, float x) {
  float a = __builtin_fabsf(y), b = __builtin_fabsf(x);
  bool steep = a > b;
  float ratio = steep ? b / a : a / b;
  ratio = a == b ? (a == 0 ? 0.0f : 1.0f) : ratio; // 0 / 0 and inf / inf
  float inner = atan_core_f(ratio);
  float result = steep ? HALF_PI_F - (inner - HALF_PI_LOW_F) : inner;
  bool backward = bits_f(x) >> 31;
  result = backward ? 2 * HALF_PI_F - (result - 2 * HALF_PI_LOW_F) : result;
  result = with_sign_f(result, y);
  return x != x ? x : y != y ? y : result;
}

/// asin on 0 ... 1/2, of x with z = x^2.
D2L_INLINE float asin_core_f(float x, float z) {
  float p = 0x1.349e32p-5f;
  p = p * z + 0x1.d58a3ap-7f;
  p = p * z + 0x1.04cd06p-5f;
  p = p * z + 0x1.6ca7dcp-5f;
  p = p * z + 0x1.3338aap-4f;
  p = p * z + 0x1.55554cp-3f;
  return x + x * z * p;
}
// Near 1, asin x = pi / 2 - 2 asin sqrt((1 - x) / 2).
D2L_INLINE float d2l_asin_f(float x) {
  float size = __builtin_fabsf(x);
  bool near = size > 0.5f;
  float z = near ? 0.5f * (1 - size) : size * size;
  float inner = asin_core_f(near ? __builtin_sqrtf(z) : size, z);
  float result = near ? HALF_PI_F - (2 * inner - HALF_PI_LOW_F) : inner;
  return with_sign_f(result, x);
}
D2L_INLINE float d2l_acos_f(float x) {
  float size = __builtin_fabsf(x);
  bool near = size > 0.5f;
  float z = near ? 0.5f * (1 - size) : size * size;
  float inner = asin_core_f(near ? __builtin_sqrtf(z) : size, z);
  float middle = HALF_PI_F - (with_sign_f(inner, x) - HALF_PI_LOW_F);
  float edge = x < 0 ? 2 * HALF_PI_F - (2 * inner - 2 * HALF_PI_LOW_F) : 2 * inner;
  return near ? edge : middle;
}
D2L_INLINE double d2l_asin_d(double x) { return asin(x); }
D2L_INLINE double d2l_acos_d(double x) { return acos(x); }
D2L_INLINE double d2l_atan_d(double x) { return atan(x); }
D2L_INLINE double d2l_atan2_d(double y, double x) { return atan2(y, x); }

#endif
