// Elementary functions without branches or calls, for loops that the compiler turns into vector code.
//
// Each narrows its argument to a small interval, evaluates a polynomial there and puts the result together again. The
// polynomials are minimax fits of the relative error, made with 50 digits for the interval named beside them. Infinities,
// NaN, zeros and numbers below the normal range come out as in IEEE 754. Where the comment says "by double", a float function
// is computed in double and rounded once. The table in ElementwiseKernelTests has the errors, in units of the last place.
#ifndef VECTOR_MATH_H
#define VECTOR_MATH_H

#include "kernel_support.h"
#include <math.h>
#include <string.h>

D2L_INLINE uint32_t bits_f(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
D2L_INLINE float float_of(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
D2L_INLINE uint64_t bits_d(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}
D2L_INLINE double double_of(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
/// |x| with the sign of `sign`.
D2L_INLINE float with_sign_f(float x, float sign) {
  return float_of((bits_f(x) & 0x7FFFFFFFu) | (bits_f(sign) & 0x80000000u));
}
D2L_INLINE double with_sign_d(double x, double sign) {
  return double_of((bits_d(x) & 0x7FFFFFFFFFFFFFFFull) | (bits_d(sign) & 0x8000000000000000ull));
}

// --- exp --------------------------------------------------------------------------------------------------------------
//
// x = n ln 2 + r with |r| <= ln 2 / 2. Adding 1.5 x 2^23 (2^52) rounds to an integer and leaves it in the low bits. The first
// part of ln 2 has few enough bits that n times it is exact.

static const float ROUND_F = 0x1.8p23f, LOG2E_F = 0x1.715476p0f, LN2_HIGH_F = 0x1.63p-1f, LN2_LOW_F = -0x1.bd0106p-13f;
static const double ROUND_D = 0x1.8p52, LOG2E_D = 0x1.71547652b82fep0, LN2_HIGH_D = 0x1.62e42fefap-1,
                    LN2_LOW_D = 0x1.cf79abc9e3b3ap-40;

/// exp(r) - 1 on +-0.3466.
D2L_INLINE float expm1_core_f(float r) {
  float q = 0x1.6cd340p-10f;
  q = q * r + 0x1.122beap-7f;
  q = q * r + 0x1.555538p-5f;
  q = q * r + 0x1.5554aap-3f;
  q = q * r + 0x1p-1f;
  return r + r * r * q;
}
D2L_INLINE double expm1_core_d(double r) {
  double q = 0x1.1f654271b8842p-29;
  q = q * r + 0x1.af5fc2ada77ffp-26;
  q = q * r + 0x1.27e4e21f65439p-22;
  q = q * r + 0x1.71ddf7ca34d16p-19;
  q = q * r + 0x1.a01a01a4ab1edp-16;
  q = q * r + 0x1.a01a01b016ab1p-13;
  q = q * r + 0x1.6c16c16c166fbp-10;
  q = q * r + 0x1.111111110f640p-7;
  q = q * r + 0x1.5555555555556p-5;
  q = q * r + 0x1.5555555555559p-3;
  q = q * r + 0x1p-1;
  return r + r * r * q;
}

/// The same, good to 2^-37: what a float computed in double needs.
D2L_INLINE double expm1_core_short(double r) {
  double q = 0x1.a17715537e17dp-16;
  q = q * r + 0x1.a16fe706b3419p-13;
  q = q * r + 0x1.6c16379f0d9bep-10;
  q = q * r + 0x1.1110b1c9c234ep-7;
  q = q * r + 0x1.5555557d62551p-5;
  q = q * r + 0x1.5555557384952p-3;
  q = q * r + 0x1.fffffffff444ep-2;
  return r + r * r * q;
}

/// 2^n for a float's exponents.
D2L_INLINE float power2_f(int32_t n) { return float_of((uint32_t)(n + 127) << 23); }
D2L_INLINE double power2_d(int64_t n) { return double_of((uint64_t)(n + 1023) << 52); }

// The scale is applied in two halves: one alone would overflow before the largest results and flush those below the normal range.
D2L_INLINE float d2l_exp_f(float x) {
  float clamped = x > 89 ? 89 : x < -104 ? -104 : x;
  float shifted = clamped * LOG2E_F + ROUND_F;
  int32_t n = (int32_t)(bits_f(shifted) - bits_f(ROUND_F));
  float whole = shifted - ROUND_F;
  float r = clamped - whole * LN2_HIGH_F;
  r = r - whole * LN2_LOW_F;
  float result = 1 + expm1_core_f(r);
  int32_t half = n >> 1;
  return result * power2_f(half) * power2_f(n - half);
}
D2L_INLINE double d2l_exp_d(double x) {
  double clamped = x > 710 ? 710 : x < -746 ? -746 : x;
  double shifted = clamped * LOG2E_D + ROUND_D;
  int64_t n = (int64_t)(bits_d(shifted) - bits_d(ROUND_D));
  double whole = shifted - ROUND_D;
  double r = clamped - whole * LN2_HIGH_D;
  r = r - whole * LN2_LOW_D;
  double result = 1 + expm1_core_d(r);
  int64_t half = (int64_t)((uint64_t)(n + 4096) >> 1) - 2048; // vectors lack an arithmetic shift of 64 bits
  return result * power2_d(half) * power2_d(n - half);
}

/// exp(x) to 2^-37, for |x| that a float's results need: beyond +-150 it stays at exp(+-150), far outside a float's range.
D2L_INLINE double exp_short(double x) {
  double clamped = x > 150 ? 150 : x < -150 ? -150 : x;
  double shifted = clamped * LOG2E_D + ROUND_D;
  double whole = shifted - ROUND_D;
  double r = clamped - whole * 0x1.62e42fefa39efp-1;
  double scale = double_of((bits_d(shifted) + 1023) << 52);
  return (1 + expm1_core_short(r)) * scale;
}

// 2^n (expm1(r) + 1) - 1, put together with half the scale: the largest n is out of range for the whole.
D2L_INLINE float d2l_expm1_f(float x) {
  float clamped = x > 89 ? 89 : x < -26 ? -26 : x;
  float shifted = clamped * LOG2E_F + ROUND_F;
  int32_t n = (int32_t)(bits_f(shifted) - bits_f(ROUND_F));
  float whole = shifted - ROUND_F;
  float r = clamped - whole * LN2_HIGH_F;
  r = r - whole * LN2_LOW_F;
  float half = power2_f(n - 1);
  return 2 * (half * expm1_core_f(r) + (half - 0.5f));
}
D2L_INLINE double d2l_expm1_d(double x) {
  double clamped = x > 710 ? 710 : x < -60 ? -60 : x;
  double shifted = clamped * LOG2E_D + ROUND_D;
  int64_t n = (int64_t)(bits_d(shifted) - bits_d(ROUND_D));
  double whole = shifted - ROUND_D;
  double r = clamped - whole * LN2_HIGH_D;
  r = r - whole * LN2_LOW_D;
  double half = power2_d(n - 1);
  return 2 * (half * expm1_core_d(r) + (half - 0.5));
}

// By exp(-|x|), which does not overflow: exp(x) / (1 + exp(x)) of a negative x keeps its digits down to the smallest numbers.
D2L_INLINE float d2l_sigmoid_f(float x) {
  float e = d2l_exp_f(-__builtin_fabsf(x));
  return (x < 0 ? e : 1) / (1 + e);
}
D2L_INLINE double d2l_sigmoid_d(double x) {
  double e = d2l_exp_d(-__builtin_fabs(x));
  return (x < 0 ? e : 1) / (1 + e);
}

// tanh |x| = -t / (2 + t) with t = expm1(-2 |x|): small arguments keep all their digits.
D2L_INLINE float d2l_tanh_f(float x) {
  float t = d2l_expm1_f(-2 * __builtin_fabsf(x));
  return with_sign_f(t / (2 + t), x);
}
D2L_INLINE double d2l_tanh_d(double x) {
  double t = d2l_expm1_d(-2 * __builtin_fabs(x));
  return with_sign_d(t / (2 + t), x);
}

// --- log --------------------------------------------------------------------------------------------------------------
//
// x = 2^e (1 + f) with 1 + f between sqrt(1/2) and sqrt(2).

/// The special cases of logarithms: `result` was computed for positive finite x.
D2L_INLINE float log_special_f(float x, float result) {
  result = x == INFINITY ? x : result;
  result = x < 0 ? NAN : result;
  result = x == 0 ? -INFINITY : result;
  return x != x ? x : result;
}
D2L_INLINE double log_special_d(double x, double result) {
  result = x == INFINITY ? x : result;
  result = x < 0 ? NAN : result;
  result = x == 0 ? -INFINITY : result;
  return x != x ? x : result;
}

D2L_INLINE float d2l_log_f(float x) {
  bool tiny = x < 0x1p-126f;
  float scaled = tiny ? x * 0x1p25f : x;
  uint32_t bits = bits_f(scaled);
  uint32_t shifted = bits + (0x3F800000u - 0x3F3504F3u); // sqrt(1/2) becomes a power of two
  float e = (float)((int32_t)(shifted >> 23) - (tiny ? 127 + 25 : 127));
  float f = float_of((shifted & 0x007FFFFFu) + 0x3F3504F3u) - 1;
  float p = 0x1.1b42cap-4f; // (log(1 + f) - f + f^2 / 2) / f^3
  p = p * f + -0x1.e2e9bcp-4f;
  p = p * f + 0x1.e650a2p-4f;
  p = p * f + -0x1.fb4328p-4f;
  p = p * f + 0x1.2332c0p-3f;
  p = p * f + -0x1.5562e4p-3f;
  p = p * f + 0x1.99a546p-3f;
  p = p * f + -0x1.ffffeep-3f;
  p = p * f + 0x1.555546p-2f;
  float square = f * f;
  float rest = f * square * p + e * LN2_LOW_F;
  rest = rest - 0.5f * square;
  return log_special_f(x, e * LN2_HIGH_F + (f + rest));
}

/// x = 2^e (1 + f), log(1 + f) = 2 s + s^3 R(s^2).
typedef struct {
  double e, f, s, z; ///< z = s^2
} log_parts;
D2L_INLINE log_parts log_parts_of(double x) {
  bool tiny = x < 0x1p-1022;
  double scaled = tiny ? x * 0x1p54 : x;
  uint64_t shifted = bits_d(scaled) + (0x3FF0000000000000ull - 0x3FE6A09E667F3BCDull);
  // The exponent as a double, by way of the bits of 2^52 + exponent: vectors lack the conversion.
  double e = double_of(shifted >> 52 | 0x4330000000000000ull) - (tiny ? 0x1p52 + (1023 + 54) : 0x1p52 + 1023);
  double f = double_of((shifted & 0x000FFFFFFFFFFFFFull) + 0x3FE6A09E667F3BCDull) - 1;
  double s = f / (2 + f);
  log_parts parts = {e, f, s, s * s};
  return parts;
}
D2L_INLINE double d2l_log_d(double x) {
  log_parts p = log_parts_of(x);
  double r = 0x1.0f0fc1596f33cp-3;
  r = r * p.z + 0x1.0f671458007c1p-3;
  r = r * p.z + 0x1.3b20264a5d582p-3;
  r = r * p.z + 0x1.745ce1c0977f8p-3;
  r = r * p.z + 0x1.c71c724b78aedp-3;
  r = r * p.z + 0x1.2492492439785p-2;
  r = r * p.z + 0x1.9999999999d11p-2;
  r = r * p.z + 0x1.5555555555555p-1;
  double half_square = 0.5 * p.f * p.f;
  double rest = p.s * (half_square + p.z * r) - half_square;
  return log_special_d(x, p.e * LN2_HIGH_D + (p.f + (rest + p.e * LN2_LOW_D)));
}

/// The same without e, to 2^-37, for floats computed in double.
D2L_INLINE double log_short(log_parts p) {
  double r = 0x1.e2f666ca7f730p-3;
  r = r * p.z + 0x1.2438d7813112dp-2;
  r = r * p.z + 0x1.999a7a8b3a516p-2;
  r = r * p.z + 0x1.555554fd9c8a6p-1;
  return 2 * p.s + p.s * p.z * r;
}
// By double. A power of two has f = 0, so that its logarithm is exact.
D2L_INLINE float d2l_log2_f(float x) {
  log_parts p = log_parts_of(x);
  return log_special_f(x, (float)(p.e + log_short(p) * LOG2E_D));
}
D2L_INLINE float d2l_log10_f(float x) {
  log_parts p = log_parts_of(x);
  return log_special_f(x, (float)(p.e * 0x1.34413509f79ffp-2 + log_short(p) * 0x1.bcb7b1526e50ep-2));
}
D2L_INLINE double d2l_log2_d(double x) { return log2(x); }
D2L_INLINE double d2l_log10_d(double x) { return log10(x); }

// log(1 + x) of the rounded sum, and to first order what the rounding lost.
D2L_INLINE float d2l_log1p_f(float x) {
  float u = 1 + x;
  float lost = x > 1 ? 1 - (u - x) : x - (u - 1);
  float result = d2l_log_f(u) + lost / u;
  return x == INFINITY || x == -1 ? d2l_log_f(u) : result;
}
D2L_INLINE double d2l_log1p_d(double x) {
  double u = 1 + x;
  double lost = x > 1 ? 1 - (u - x) : x - (u - 1);
  double result = d2l_log_d(u) + lost / u;
  return x == INFINITY || x == -1 ? d2l_log_d(u) : result;
}

/// log(1 + x) on 0 ... 1: the second half of softplus.
D2L_INLINE float log1p_unit_f(float x) {
  float s = x / (2 + x);
  float z = s * s;
  float r = 0x1.55f292p-3f;
  r = r * z + 0x1.81ac88p-3f;
  r = r * z + 0x1.c47ca0p-3f;
  r = r * z + 0x1.24a8d2p-2f;
  r = r * z + 0x1.9998fep-2f;
  r = r * z + 0x1.555556p-1f;
  return x - s * (x - z * r);
}
D2L_INLINE double log1p_unit_d(double x) { return d2l_log1p_d(x); }

// --- hyperbolic -------------------------------------------------------------------------------------------------------

// By double. Near 0, (exp(x) - exp(-x)) / 2 would cancel: there the Taylor polynomial serves.
D2L_INLINE float d2l_sinh_f(float x) {
  double e = exp_short(x);
  double z = (double)x * x;
  double near = x + x * z * (0x1.5555555555555p-3 + z * (0x1.1111111111111p-7 + z * 0x1.a01a01a01a01ap-13));
  float size = __builtin_fabsf(x);
  return size < 0.25f ? (float)near : (float)(0.5 * (e - 1 / e));
}
D2L_INLINE float d2l_cosh_f(float x) {
  double e = exp_short(x);
  return (float)(0.5 * (e + 1 / e));
}
D2L_INLINE double d2l_sinh_d(double x) { return sinh(x); }
D2L_INLINE double d2l_cosh_d(double x) { return cosh(x); }

// --- the error function -----------------------------------------------------------------------------------------------

// Below 1, an odd polynomial; above, 1 - exp(log erfc), the logarithm being smooth. From 4 on, erf is 1 to the last digit.
D2L_INLINE float d2l_erf_f(float x) {
  float size = __builtin_fabsf(x);
  float z = x * x;
  float p = 0x1.496a40p-14f; // erf(x) / x - 1, in x^2
  p = p * z + -0x1.a3f706p-11f;
  p = p * z + 0x1.5405b2p-8f;
  p = p * z + -0x1.b7f90ep-6f;
  p = p * z + 0x1.ce2cf8p-4f;
  p = p * z + -0x1.81273ep-2f;
  p = p * z + 0x1.06eba8p-3f;
  float a = size > 4 ? 4 : size;
  float q = 0x1.c77fc8p-23f;
  q = q * a + -0x1.9f501ep-16f;
  q = q * a + 0x1.e2b8fap-12f;
  q = q * a + -0x1.17e186p-8f;
  q = q * a + 0x1.9f512ep-6f;
  q = q * a + -0x1.bcda4cp-4f;
  q = q * a + -0x1.442130p-1f;
  q = q * a + -0x1.2130b4p0f;
  q = q * a + 0x1.a7c438p-13f;
  float large = with_sign_f(1 - d2l_exp_f(q), x);
  float result = size < 1 ? x + x * p : large;
  return x != x ? x : result;
}
D2L_INLINE double d2l_erf_d(double x) { return erf(x); }

// --- powers -----------------------------------------------------------------------------------------------------------

// By double: exp(y log |x|) keeps far more digits than a float has.
D2L_INLINE float d2l_pow_f(float x, float y) {
  float size = __builtin_fabsf(x);
  log_parts p = log_parts_of(size);
  double log_size = log_special_d(size, p.e * 0x1.62e42fefa39efp-1 + log_short(p));
  float result = (float)exp_short(y * log_size);
  // An even integer, an odd one, or none: beyond 2^24 all are even, and there the sum rounds to one.
  float magnitude = __builtin_fabsf(y);
  float whole = (magnitude + 0x1p23f) - 0x1p23f, half = 0.5f * magnitude;
  bool large = magnitude >= 0x1p23f;
  bool integer = large || whole == magnitude;
  bool odd = large ? magnitude < 0x1p24f && (bits_f(magnitude) & 1) : integer && (half + 0x1p23f) - 0x1p23f != half;
  bool negative = bits_f(x) >> 31;
  result = negative && odd ? -result : result;
  result = x < 0 && !integer && size != INFINITY ? NAN : result;
  result = size == 1 && magnitude == INFINITY ? 1 : result;
  return x == 1 || y == 0 ? 1 : result;
}
D2L_INLINE double d2l_pow_d(double x, double y) { return pow(x, y); }

#endif
