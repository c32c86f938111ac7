// Element-by-element arithmetic.
#ifndef D2L_ELEMENTWISE_H
#define D2L_ELEMENTWISE_H

#include "d2l_types.h"

// --- one operand -----------------------------------------------------------------------------------------------------

/// y = op(x). All serve float and double; those marked * serve int32, int64 and uint8 too.
typedef enum {
  D2L_NEG = 0,      ///< * -x
  D2L_ABS,          ///< *
  D2L_SIGN,         ///< * -1, 0, 1
  D2L_SQUARE,       ///< * x x
  D2L_SQRT,
  D2L_RSQRT,        ///< 1 / sqrt(x)
  D2L_RECIPROCAL,
  D2L_EXP,
  D2L_EXPM1,
  D2L_LOG,
  D2L_LOG2,
  D2L_LOG10,
  D2L_LOG1P,
  D2L_SIN,
  D2L_COS,
  D2L_TAN,
  D2L_ASIN,
  D2L_ACOS,
  D2L_ATAN,
  D2L_SINH,
  D2L_COSH,
  D2L_TANH,
  D2L_ERF,
  D2L_FLOOR,
  D2L_CEIL,
  D2L_ROUND,        ///< to even
  D2L_TRUNC,
  D2L_SIGMOID,
  D2L_LOG_SIGMOID,
  D2L_SOFTPLUS,     ///< log(1 + exp(x)), exact for large |x|
  D2L_RELU,         ///< * max(x, 0); NaN stays NaN
  D2L_LEAKY_RELU,   ///< x > 0 ? x : p0 x
  D2L_ELU,          ///< x > 0 ? x : p0 (exp(x) - 1)
  D2L_GELU,         ///< x Phi(x), by erf
  D2L_GELU_TANH,    ///< the tanh approximation
  D2L_SILU,         ///< x sigmoid(x)
  D2L_CLIP,         ///< * min(max(x, p0), p1)
  D2L_IS_NAN,       ///< y is Bool
  D2L_IS_FINITE,    ///< y is Bool
  D2L_NOT,          ///< Bool to Bool
} d2l_unary_op;
/// `x` and `y` may be the same array.
void d2l_unary(d2l_dtype type, d2l_unary_op op, const void *x, void *y, int64_t count, double p0, double p1);
/// dx = g * op'(x), with y = op(x) given where the derivative is cheaper by it. Float and double; every op of d2l_unary whose
/// derivative is not zero everywhere. Needs y only: SQRT RSQRT RECIPROCAL EXP EXPM1 TAN TANH SIGMOID RELU; needs x only: all others.
/// `dx` and `g` may be the same array.
void d2l_unary_gradient(d2l_dtype type, d2l_unary_op op, const void *g, const void *x, const void *y, void *dx,
                        int64_t count, double p0, double p1);

// --- two operands ----------------------------------------------------------------------------------------------------

/// z = op(x, y). Arithmetic serves all types but Bool (DIV: floats only; integers divide by FLOOR_DIV), comparisons all types with z
/// Bool, logic Bool alone.
typedef enum {
  D2L_ADD = 0,
  D2L_SUB,
  D2L_MUL,
  D2L_DIV,
  D2L_POW,        ///< floats
  D2L_MAX,        ///< NaN if either is
  D2L_MIN,
  D2L_ATAN2,      ///< floats
  D2L_REMAINDER,  ///< sign of the divisor; integers and floats
  D2L_FLOOR_DIV,  ///< integers and floats; the caller has excluded zero divisors of integers
  D2L_EQ,
  D2L_NE,
  D2L_LT,
  D2L_LE,
  D2L_GT,
  D2L_GE,
  D2L_AND,
  D2L_OR,
  D2L_XOR,
} d2l_binary_op;
/// Both operands dense, of `count` elements. `z` may be `x` or `y` where the types agree.
void d2l_binary(d2l_dtype type, d2l_binary_op op, const void *x, const void *y, void *z, int64_t count);
/// Operands read through strides (0 repeats: broadcasting), `z` dense of the given shape. Dimensions that can be merged are.
void d2l_binary_strided(d2l_dtype type, d2l_binary_op op, const void *x, const int64_t *x_strides, const void *y,
                        const int64_t *y_strides, void *z, int rank, const int64_t *shape);
/// One operand a number: z = op(x, s), or op(s, x) if `reversed`.
void d2l_binary_scalar(d2l_dtype type, d2l_binary_op op, const void *x, double scalar, bool reversed, void *z,
                       int64_t count);

/// z = condition ? x : y, dense; condition is Bool. All types.
void d2l_select(d2l_dtype type, const void *condition, const void *x, const void *y, void *z, int64_t count);
/// y += a x. Float and double.
void d2l_axpy(d2l_dtype type, double a, const void *x, void *y, int64_t count);

// --- moving and converting -------------------------------------------------------------------------------------------

/// Fills a dense array with one value. All types.
void d2l_fill(d2l_dtype type, void *x, double value, int64_t count);
/// x[i] = start + i step, computed as that product. All types but Bool.
void d2l_arange(d2l_dtype type, void *x, double start, double step, int64_t count);
/// y = x element by element with conversion (float to integer truncates toward zero and saturates; to Bool: not zero).
void d2l_convert(d2l_dtype from, const void *x, d2l_dtype to, void *y, int64_t count);
/// Gathers a strided array into a dense one, or (scatter) writes a dense one into a strided. Negative strides are allowed. Transposes run in
/// blocks. All types.
void d2l_copy_strided(d2l_dtype type, const void *x, const int64_t *x_strides, void *y, const int64_t *y_strides, int rank,
                      const int64_t *shape);

#endif
