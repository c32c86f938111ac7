import CD2LKernels

// Elementwise mathematics as free functions, named as in mathematics. All are differentiable unless said otherwise.

/// e^x.
public func exp<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_EXP, "exp")) }
/// e^x - 1, exact for small x.
public func expm1<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_EXPM1, "expm1")) }
/// The natural logarithm.
public func log<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_LOG, "log")) }
/// The logarithm to base 2.
public func log2<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_LOG2, "log2")) }
/// The logarithm to base 10.
public func log10<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_LOG10, "log10")) }
/// log(1 + x), exact for small x.
public func log1p<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_LOG1P, "log1p")) }
/// The square root.
public func sqrt<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_SQRT, "sqrt")) }
/// 1 / √x.
public func rsqrt<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_RSQRT, "rsqrt")) }
/// 1 / x.
public func reciprocal<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> {
  Tensor(x.erased.unary(D2L_RECIPROCAL, "reciprocal"))
}
/// x².
public func square<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_SQUARE, "square")) }
/// The absolute value.
public func abs<S: NumericScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_ABS, "abs")) }
/// The sign: -1, 0 or 1. Its gradient is zero.
public func sign<S: NumericScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.applying(D2L_SIGN)) }
/// The sine.
public func sin<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_SIN, "sin")) }
/// The cosine.
public func cos<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_COS, "cos")) }
/// The tangent.
public func tan<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_TAN, "tan")) }
/// The arc sine.
public func asin<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_ASIN, "asin")) }
/// The arc cosine.
public func acos<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_ACOS, "acos")) }
/// The arc tangent.
public func atan<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_ATAN, "atan")) }
/// The angle of the point (x, y).
public func atan2<S: FloatingScalar>(_ y: Tensor<S>, _ x: Tensor<S>) -> Tensor<S> {
  Tensor(y.erased.arcTangent(over: x.erased))
}
/// The hyperbolic sine.
public func sinh<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_SINH, "sinh")) }
/// The hyperbolic cosine.
public func cosh<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_COSH, "cosh")) }
/// The hyperbolic tangent.
public func tanh<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_TANH, "tanh")) }
/// The error function.
public func erf<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_ERF, "erf")) }
/// The largest whole number not above x. Its gradient is zero.
public func floor<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.applying(D2L_FLOOR)) }
/// The smallest whole number not below x. Its gradient is zero.
public func ceil<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.applying(D2L_CEIL)) }
/// The nearest whole number, halves to even. Its gradient is zero.
public func round<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.applying(D2L_ROUND)) }
/// The whole part. Its gradient is zero.
public func trunc<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.applying(D2L_TRUNC)) }

/// x to the power of a number.
public func pow<S: FloatingScalar>(_ x: Tensor<S>, _ exponent: S) -> Tensor<S> {
  Tensor(x.erased.power(exponent.asDouble))
}
/// x to the power of y, element by element with broadcasting.
public func pow<S: FloatingScalar>(_ x: Tensor<S>, _ y: Tensor<S>) -> Tensor<S> { Tensor(x.erased.power(y.erased)) }
/// The larger of each pair, with broadcasting; equal ones share the gradient.
public func maximum<S: NumericScalar>(_ x: Tensor<S>, _ y: Tensor<S>) -> Tensor<S> {
  Tensor(x.erased.extremum(D2L_MAX, y.erased, "maximum"))
}
/// The smaller of each pair, with broadcasting; equal ones share the gradient.
public func minimum<S: NumericScalar>(_ x: Tensor<S>, _ y: Tensor<S>) -> Tensor<S> {
  Tensor(x.erased.extremum(D2L_MIN, y.erased, "minimum"))
}

extension Tensor where Scalar: NumericScalar {
  /// Elements below `low` raised to it, above `high` lowered to it; their gradient is zero.
  public func clipped(from low: Scalar, to high: Scalar) -> Tensor {
    require(low <= high, "clip", "from \(low) to \(high)")
    return Tensor(erased.unary(D2L_CLIP, "clip", low.asDouble, high.asDouble))
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Where elements are not numbers.
  public func isNaN() -> Tensor<Bool> { Tensor<Bool>(erased.applying(D2L_IS_NAN)) }
  /// Where elements are neither infinite nor NaN.
  public func isFinite() -> Tensor<Bool> { Tensor<Bool>(erased.applying(D2L_IS_FINITE)) }
}

// MARK: - Activations

/// max(x, 0).
public func relu<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_RELU, "relu")) }
/// x where positive, `slope` x elsewhere.
public func leakyReLU<S: FloatingScalar>(_ x: Tensor<S>, slope: S = 0.01) -> Tensor<S> {
  Tensor(x.erased.unary(D2L_LEAKY_RELU, "leakyReLU", slope.asDouble))
}
/// x where positive, `alpha` (e^x - 1) elsewhere (Clevert et al., 2015).
public func elu<S: FloatingScalar>(_ x: Tensor<S>, alpha: S = 1) -> Tensor<S> {
  Tensor(x.erased.unary(D2L_ELU, "elu", alpha.asDouble))
}
/// x Φ(x) with the normal distribution function Φ (Hendrycks & Gimpel, 2016); by tanh if `approximate`.
public func gelu<S: FloatingScalar>(_ x: Tensor<S>, approximate: Bool = false) -> Tensor<S> {
  Tensor(x.erased.unary(approximate ? D2L_GELU_TANH : D2L_GELU, "gelu"))
}
/// x sigmoid(x), also called swish.
public func silu<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_SILU, "silu")) }
/// 1 / (1 + e^-x).
public func sigmoid<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> { Tensor(x.erased.unary(D2L_SIGMOID, "sigmoid")) }
/// log(sigmoid(x)), exact for large negative x.
public func logSigmoid<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> {
  Tensor(x.erased.unary(D2L_LOG_SIGMOID, "logSigmoid"))
}
/// log(1 + e^x), exact for large x.
public func softplus<S: FloatingScalar>(_ x: Tensor<S>) -> Tensor<S> {
  Tensor(x.erased.unary(D2L_SOFTPLUS, "softplus"))
}
