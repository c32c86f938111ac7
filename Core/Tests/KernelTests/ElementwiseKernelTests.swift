import CD2LKernels
import Foundation
import Testing

/// A function of one variable: what it computes, where to try it, and the error it may have.
struct UnaryCase: Sendable, CustomTestStringConvertible {
  var name: String
  var op: d2l_unary_op
  var range: ClosedRange<Double> = -6...6
  /// Units in the last place; the worst seen over all floats, rounded up.
  var floatError = 0.5000001
  var doubleError = 1.0
  /// What cancellation may leave near zeros of composed functions.
  var absolute = 0.0
  var p0 = 0.0
  var p1 = 0.0
  var differentiable = true
  var function: @Sendable (Double) -> Double
  var testDescription: String { name }
}

private func normalCDF(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
private func sigmoid(_ x: Double) -> Double { x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)) }
private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

let unaryCases = [
  UnaryCase(name: "neg", op: D2L_NEG) { -$0 },
  UnaryCase(name: "abs", op: D2L_ABS) { abs($0) },
  UnaryCase(name: "sign", op: D2L_SIGN, differentiable: false) { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
  UnaryCase(name: "square", op: D2L_SQUARE) { $0 * $0 },
  UnaryCase(name: "sqrt", op: D2L_SQRT, range: 0.01...50) { $0.squareRoot() },
  UnaryCase(name: "rsqrt", op: D2L_RSQRT, range: 0.01...50, floatError: 1.5, doubleError: 1.5) { 1 / $0.squareRoot() },
  UnaryCase(name: "reciprocal", op: D2L_RECIPROCAL, range: 0.1...50) { 1 / $0 },
  UnaryCase(name: "exp", op: D2L_EXP, range: -20...20, floatError: 1.1, doubleError: 2) { exp($0) },
  UnaryCase(name: "expm1", op: D2L_EXPM1, floatError: 1.7, doubleError: 3) { expm1($0) },
  UnaryCase(name: "log", op: D2L_LOG, range: 0.01...50, floatError: 0.8, doubleError: 2) { log($0) },
  UnaryCase(name: "log2", op: D2L_LOG2, range: 0.01...50, floatError: 0.501, doubleError: 2) { log2($0) },
  UnaryCase(name: "log10", op: D2L_LOG10, range: 0.01...50, floatError: 0.501, doubleError: 2) { log10($0) },
  UnaryCase(name: "log1p", op: D2L_LOG1P, range: -0.9...50, floatError: 1.5, doubleError: 3) { log1p($0) },
  UnaryCase(name: "sin", op: D2L_SIN, range: -20...20, floatError: 1.5) { sin($0) },
  UnaryCase(name: "cos", op: D2L_COS, range: -20...20, floatError: 1.5) { cos($0) },
  UnaryCase(name: "tan", op: D2L_TAN, range: -1.5...1.5, floatError: 3.3) { tan($0) },
  UnaryCase(name: "asin", op: D2L_ASIN, range: -0.99...0.99, floatError: 2.4) { asin($0) },
  UnaryCase(name: "acos", op: D2L_ACOS, range: -0.99...0.99, floatError: 1.2) { acos($0) },
  UnaryCase(name: "atan", op: D2L_ATAN, floatError: 1.6) { atan($0) },
  UnaryCase(name: "sinh", op: D2L_SINH, floatError: 0.501, doubleError: 2) { sinh($0) },
  UnaryCase(name: "cosh", op: D2L_COSH, floatError: 0.501, doubleError: 2) { cosh($0) },
  UnaryCase(name: "tanh", op: D2L_TANH, floatError: 2.6, doubleError: 3.5) { tanh($0) },
  UnaryCase(name: "erf", op: D2L_ERF, floatError: 1.3, doubleError: 1.5) { erf($0) },
  UnaryCase(name: "floor", op: D2L_FLOOR, differentiable: false) { $0.rounded(.down) },
  UnaryCase(name: "ceil", op: D2L_CEIL, differentiable: false) { $0.rounded(.up) },
  UnaryCase(name: "round", op: D2L_ROUND, differentiable: false) { $0.rounded(.toNearestOrEven) },
  UnaryCase(name: "trunc", op: D2L_TRUNC, differentiable: false) { $0.rounded(.towardZero) },
  UnaryCase(name: "sigmoid", op: D2L_SIGMOID, range: -30...30, floatError: 2.3, doubleError: 3) { sigmoid($0) },
  UnaryCase(name: "logSigmoid", op: D2L_LOG_SIGMOID, range: -30...30, floatError: 3.5, doubleError: 4) {
    -softplus(-$0)
  },
  UnaryCase(name: "softplus", op: D2L_SOFTPLUS, range: -30...30, floatError: 3.5, doubleError: 4) { softplus($0) },
  UnaryCase(name: "relu", op: D2L_RELU) { max($0, 0) },
  UnaryCase(name: "leakyReLU", op: D2L_LEAKY_RELU, floatError: 1.5, p0: 0.25) { $0 > 0 ? $0 : 0.25 * $0 },
  UnaryCase(name: "elu", op: D2L_ELU, floatError: 2.5, doubleError: 3.5, p0: 0.75) { $0 > 0 ? $0 : 0.75 * expm1($0) },
  UnaryCase(name: "gelu", op: D2L_GELU, floatError: 4, doubleError: 4, absolute: 5e-7) { $0 * normalCDF($0) },
  UnaryCase(name: "geluTanh", op: D2L_GELU_TANH, floatError: 6, doubleError: 8, absolute: 5e-7) {
    let c = (2 / Double.pi).squareRoot()
    return 0.5 * $0 * (1 + tanh(c * ($0 + 0.044715 * $0 * $0 * $0)))
  },
  UnaryCase(name: "silu", op: D2L_SILU, floatError: 3.2, doubleError: 4) { $0 * sigmoid($0) },
  UnaryCase(name: "clip", op: D2L_CLIP, p0: -1.5, p1: 2.5) { min(max($0, -1.5), 2.5) },
]

@Suite struct UnaryKernelTests {
  private func run<T: KernelScalar>(_ test: UnaryCase, _ x: [T]) -> [T] {
    filled(x.count) { d2l_unary(T.type, test.op, x, $0, Int64(x.count), test.p0, test.p1) }
  }

  private func check<T: BinaryFloatingPoint & KernelScalar>(_ test: UnaryCase, _ type: T.Type, ulps: Double) {
    var generator = TestGenerator(1)
    for size in sizes {
      let x: [T] = generator.numbers(size, test.range)
      let expected = x.map { test.function($0.number) }
      #expect(disagreement(run(test, x), expected, ulps: ulps, absolute: test.absolute) == nil)
      // In place.
      var y = x
      y.withUnsafeMutableBytes {
        d2l_unary(T.type, test.op, $0.baseAddress, $0.baseAddress, Int64(size), test.p0, test.p1)
      }
      #expect(disagreement(y, expected, ulps: ulps, absolute: test.absolute) == nil)
    }
  }

  @Test(arguments: unaryCases) func valuesOfFloats(_ test: UnaryCase) {
    check(test, Float.self, ulps: test.floatError)
  }

  @Test(arguments: unaryCases) func valuesOfDoubles(_ test: UnaryCase) {
    check(test, Double.self, ulps: test.doubleError + 1)  // the reference errs too
  }

  /// A sample of all bit patterns: every exponent, the numbers below the normal range, both signs.
  @Test(arguments: unaryCases) func allExponents(_ test: UnaryCase) {
    if test.absolute > 0 { return }  // compositions that cancel have no relative accuracy to test
    let x = stride(from: UInt64(0), to: 1 << 32, by: 65_521).map { Float(bitPattern: UInt32($0)) }
    let y = run(test, x)
    for (x, y) in zip(x, y) {
      // Composed functions of |x| past 1e30 may overflow between where the reference in double does not.
      if test.op == D2L_LEAKY_RELU && abs(x) > 1e30 { continue }
      // A product with a factor from below the normal range has lost digits: 1e-43 is some 70 times the least float.
      let units = unitsInLastPlace(y, test.function(Double(x)))
      if units > test.floatError && !(abs(Double(y) - test.function(Double(x))) < 1e-43) {
        Issue.record("\(test.name)(\(x)) = \(y), expected \(test.function(Double(x))): \(units) ulp")
        return
      }
    }
  }

  @Test(arguments: unaryCases) func specialValues(_ test: UnaryCase) {
    let special: [Double] = [
      .nan, .infinity, -.infinity, 0, -0.0, 1, -1, 1e-40, -1e-40, 2 * .leastNonzeroMagnitude, 300, -300, 88.9, -88.9,
      1e30,
    ]
    for x in special {
      // As in other libraries, 0 times infinity is not rescued.
      if x == -.infinity && [D2L_GELU, D2L_GELU_TANH, D2L_SILU].contains(test.op) { continue }
      // x^3 of the reference and of floats end at different places.
      if abs(x) > 100 && test.op == D2L_GELU_TANH { continue }
      let float = run(test, [Float](repeating: Float(x), count: 17))
      let double = run(test, [Double](repeating: x, count: 17))
      let wanted = test.function(Double(Float(x)))
      // 1e30 turns more often than the argument has digits: both must agree on the float that it is.
      #expect(
        disagreement(
          float, [Double](repeating: wanted, count: 17), ulps: test.floatError, absolute: test.absolute + 2e-45)
          == nil, "\(test.name)(\(x)) of a float")
      #expect(
        disagreement(
          double, [Double](repeating: test.function(x), count: 17), ulps: test.doubleError + 1,
          absolute: test.absolute + 2 * .leastNonzeroMagnitude)
          == nil, "\(test.name)(\(x)) of a double")
    }
  }

  /// Against differences of the reference function.
  @Test(arguments: unaryCases.filter(\.differentiable)) func gradients(_ test: UnaryCase) {
    var generator = TestGenerator(2)
    for size in [0, 1, 15, 16, 17, 100, 17_000] {
      let margin = test.range.lowerBound + 1e-3...test.range.upperBound - 1e-3
      let x: [Double] = generator.numbers(size, margin).map { abs($0) < 1e-3 ? 0.5 : $0 }
      let g: [Double] = generator.numbers(size)
      let y = x.map(test.function)
      let step = 1e-5
      let expected = zip(x, g).map { x, g in g * (test.function(x + step) - test.function(x - step)) / (2 * step) }
      let double: [Double] = filled(size) {
        d2l_unary_gradient(D2L_DOUBLE, test.op, g, x, y, $0, Int64(size), test.p0, test.p1)
      }
      for index in 0..<size where abs(double[index] - expected[index]) > 1e-5 * (1 + abs(expected[index])) {
        if test.op == D2L_CLIP && min(abs(x[index] - test.p0), abs(x[index] - test.p1)) < 1e-4 { continue }
        Issue.record("\(test.name)'(\(x[index])): \(double[index]), expected \(expected[index])")
        return
      }
      let (gf, xf, yf) = (g.map { Float($0) }, x.map { Float($0) }, y.map { Float($0) })
      var float = gf  // in place of g
      float.withUnsafeMutableBytes {
        d2l_unary_gradient(
          D2L_FLOAT, test.op, $0.baseAddress, xf, yf, $0.baseAddress, Int64(size), test.p0, test.p1)
      }
      // y is rounded, and what derivatives such as 1 - y^2 make of that is absolute.
      for index in 0..<size where abs(Double(float[index]) - double[index]) > 3e-6 + 1e-5 * abs(double[index]) {
        if test.op == D2L_CLIP && min(abs(x[index] - test.p0), abs(x[index] - test.p1)) < 1e-4 { continue }
        Issue.record("float \(test.name)'(\(x[index])): \(float[index]), expected \(double[index])")
        return
      }
    }
  }

  @Test func gradientsAtTheKinks() {
    let g: [Float] = [1, 1, 1, 1, 1]
    let x: [Float] = [0, -0.0, .nan, 1, -1]
    func gradient(_ op: d2l_unary_op, _ p0: Double, _ p1: Double) -> [Float] {
      filled(5) { d2l_unary_gradient(D2L_FLOAT, op, g, x, x, $0, 5, p0, p1) }
    }
    #expect(difference(gradient(D2L_ABS, 0, 0), [0, 0, .nan, 1, -1]) == nil)
    #expect(difference(gradient(D2L_RELU, 0, 0), [0, 0, 1, 1, 0]) == nil)
    #expect(difference(gradient(D2L_LEAKY_RELU, 0.5, 0), [0.5, 0.5, 0.5, 1, 0.5]) == nil)
    #expect(difference(gradient(D2L_CLIP, -1, 0.5), [1, 1, 1, 0, 1]) == nil)
  }

  @Test func tests() {
    for size in sizes {
      let x = (0..<size).map { [Double.nan, 1, .infinity, -.infinity, 0][$0 % 5] }
      let float = x.map { Float($0) }
      let nan = x.map { Flag($0.isNaN) }
      let finite = x.map { Flag($0.isFinite) }
      #expect(difference(filled(size) { d2l_unary(D2L_DOUBLE, D2L_IS_NAN, x, $0, Int64(size), 0, 0) }, nan) == nil)
      #expect(difference(filled(size) { d2l_unary(D2L_FLOAT, D2L_IS_NAN, float, $0, Int64(size), 0, 0) }, nan) == nil)
      #expect(
        difference(filled(size) { d2l_unary(D2L_DOUBLE, D2L_IS_FINITE, x, $0, Int64(size), 0, 0) }, finite) == nil)
      #expect(
        difference(filled(size) { d2l_unary(D2L_FLOAT, D2L_IS_FINITE, float, $0, Int64(size), 0, 0) }, finite) == nil)
      let not = nan.map { Flag($0.byte == 0) }
      #expect(difference(filled(size) { d2l_unary(D2L_BOOL, D2L_NOT, nan, $0, Int64(size), 0, 0) }, not) == nil)
    }
  }

  private func checkIntegers<T: FixedWidthInteger & KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(3)
    for size in sizes {
      var x = (0..<size).map { _ in T.random(in: .min ... .max, using: &generator) }
      for (index, value) in [T.min, .max, 0, 1].enumerated() where index < size { x[index] = value }
      func run(_ op: d2l_unary_op, _ p0: Double = 0, _ p1: Double = 0) -> [T] {
        filled(size) { d2l_unary(T.type, op, x, $0, Int64(size), p0, p1) }
      }
      #expect(difference(run(D2L_NEG), x.map { 0 &- $0 }) == nil)
      #expect(difference(run(D2L_ABS), x.map { $0 < 0 ? 0 &- $0 : $0 }) == nil)
      #expect(difference(run(D2L_SIGN), x.map { $0.signum() }) == nil)
      #expect(difference(run(D2L_SQUARE), x.map { $0 &* $0 }) == nil)
      #expect(difference(run(D2L_RELU), x.map { max($0, 0) }) == nil)
      #expect(difference(run(D2L_CLIP, 3, 100), x.map { min(max($0, 3), 100) }) == nil)
      #expect(difference(run(D2L_CLIP, -1e300, 1e300), x) == nil)
    }
  }

  @Test func integers() {
    checkIntegers(Int32.self)
    checkIntegers(Int64.self)
    checkIntegers(UInt8.self)
  }
}
