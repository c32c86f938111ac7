import CD2LKernels
import Foundation
import Testing

/// A function of two variables on numbers of one type.
struct BinaryCase<T: KernelScalar>: Sendable {
  var name: String
  var op: d2l_binary_op
  /// Units in the last place, where the result is not exact.
  var ulps = 0.0
  var function: @Sendable (T, T) -> T
}

struct ComparisonCase: Sendable {
  var op: d2l_binary_op
  var function: @Sendable (Double, Double) -> Bool
}

let comparisons = [
  ComparisonCase(op: D2L_EQ) { $0 == $1 },
  ComparisonCase(op: D2L_NE) { $0 != $1 },
  ComparisonCase(op: D2L_LT) { $0 < $1 },
  ComparisonCase(op: D2L_LE) { $0 <= $1 },
  ComparisonCase(op: D2L_GT) { $0 > $1 },
  ComparisonCase(op: D2L_GE) { $0 >= $1 },
]

/// The remainder with the sign of the divisor.
private func flooredRemainder<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> T {
  let r = a.truncatingRemainder(dividingBy: b)
  return r != 0 && (r < 0) != (b < 0) ? r + b : r
}

private func floatCases<T: BinaryFloatingPoint & KernelScalar>(_ type: T.Type) -> [BinaryCase<T>] {
  [
    BinaryCase(name: "add", op: D2L_ADD) { $0 + $1 },
    BinaryCase(name: "sub", op: D2L_SUB) { $0 - $1 },
    BinaryCase(name: "mul", op: D2L_MUL) { $0 * $1 },
    BinaryCase(name: "div", op: D2L_DIV) { $0 / $1 },
    BinaryCase(name: "pow", op: D2L_POW, ulps: 2) { T(pow(Double($0), Double($1))) },
    BinaryCase(name: "max", op: D2L_MAX) { $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1) },
    BinaryCase(name: "min", op: D2L_MIN) { $0.isNaN || $1.isNaN ? .nan : Swift.min($0, $1) },
    BinaryCase(name: "atan2", op: D2L_ATAN2, ulps: 2) { T(atan2(Double($0), Double($1))) },
    BinaryCase(name: "remainder", op: D2L_REMAINDER) { flooredRemainder($0, $1) },
    BinaryCase(name: "floorDiv", op: D2L_FLOOR_DIV) {
      if $1 == 0 { return $0 / $1 }
      if $0.isFinite && $1.isInfinite { return $0 == 0 || ($0 < 0) == ($1 < 0) ? 0 : -1 }
      return (($0 - flooredRemainder($0, $1)) / $1).rounded(.toNearestOrEven)
    },
  ]
}

private func integerCases<T: FixedWidthInteger & KernelScalar>(_ type: T.Type) -> [BinaryCase<T>] {
  [
    BinaryCase(name: "add", op: D2L_ADD) { $0 &+ $1 },
    BinaryCase(name: "sub", op: D2L_SUB) { $0 &- $1 },
    BinaryCase(name: "mul", op: D2L_MUL) { $0 &* $1 },
    BinaryCase(name: "max", op: D2L_MAX) { Swift.max($0, $1) },
    BinaryCase(name: "min", op: D2L_MIN) { Swift.min($0, $1) },
    BinaryCase(name: "remainder", op: D2L_REMAINDER) {
      if $1 == 0 &- 1 && T.isSigned { return 0 }
      let r = $0 % $1
      return r != 0 && (r < 0) != ($1 < 0) ? r + $1 : r
    },
    BinaryCase(name: "floorDiv", op: D2L_FLOOR_DIV) {
      if $1 == 0 &- 1 && T.isSigned { return 0 &- $0 }
      return $0 / $1 - ($0 % $1 != 0 && ($0 < 0) != ($1 < 0) ? 1 : 0)
    },
  ]
}

/// Numbers with zeros, ties and, for floats, infinities and NaN among them.
private func mixed<T: KernelScalar>(_ count: Int, _ generator: inout TestGenerator, nonzero: Bool = false) -> [T] {
  var x: [T] = generator.numbers(count, T.type == D2L_UINT8 ? 0...255 : -300...300)
  let isFloat = T.type == D2L_FLOAT || T.type == D2L_DOUBLE
  for index in x.indices {
    switch Int.random(in: 0..<12, using: &generator) {
    case 0: x[index] = T(rounding: 3)
    case 1: x[index] = T(rounding: nonzero ? 5 : 0)
    case 2 where isFloat: x[index] = T(rounding: .infinity)
    case 3 where isFloat: x[index] = T(rounding: .nan)
    case 4 where isFloat: x[index] = T(rounding: -0.5)
    default: break
    }
    if nonzero && x[index].number == 0 { x[index] = T(rounding: 7) }
  }
  return x
}

@Suite struct BinaryKernelTests {
  private func agree<T: KernelScalar>(_ actual: [T], _ expected: [T], ulps: Double, _ what: String) {
    for (index, (a, b)) in zip(actual, expected).enumerated() where a != b && !(a.number.isNaN && b.number.isNaN) {
      let unit = Double(T.type == D2L_FLOAT ? Float(b.number).ulp.number : b.number.ulp)
      if b.number.isFinite && abs(a.number - b.number) <= ulps * unit { continue }
      Issue.record("\(what) of \(T.self) at \(index) of \(actual.count): \(a), expected \(b)")
      return
    }
    #expect(actual.count == expected.count)
  }

  private func check<T: KernelScalar>(_ cases: [BinaryCase<T>]) {
    var generator = TestGenerator(4)
    for test in cases {
      let nonzero = [D2L_REMAINDER, D2L_FLOOR_DIV].contains(test.op)
      for size in sizes {
        let x: [T] = mixed(size, &generator)
        let y: [T] = mixed(size, &generator, nonzero: nonzero)
        let expected = zip(x, y).map(test.function)
        agree(
          filled(size) { d2l_binary(T.type, test.op, x, y, $0, Int64(size)) }, expected, ulps: test.ulps, test.name)
        var z = x
        z.withUnsafeMutableBytes { d2l_binary(T.type, test.op, $0.baseAddress, y, $0.baseAddress, Int64(size)) }
        agree(z, expected, ulps: test.ulps, "\(test.name) in place of the left")
        z = y
        z.withUnsafeMutableBytes { d2l_binary(T.type, test.op, x, $0.baseAddress, $0.baseAddress, Int64(size)) }
        agree(z, expected, ulps: test.ulps, "\(test.name) in place of the right")

        let number = T(rounding: 3)
        agree(
          filled(size) { d2l_binary_scalar(T.type, test.op, x, 3, false, $0, Int64(size)) },
          x.map { test.function($0, number) }, ulps: test.ulps, "\(test.name) with a number")
        agree(
          filled(size) { d2l_binary_scalar(T.type, test.op, y, 3, true, $0, Int64(size)) },
          y.map { test.function(number, $0) }, ulps: test.ulps, "\(test.name) of a number")
      }
    }
  }

  @Test func floats() { check(floatCases(Float.self)) }
  @Test func doubles() { check(floatCases(Double.self)) }
  @Test func int32() { check(integerCases(Int32.self)) }
  @Test func int64() { check(integerCases(Int64.self)) }
  @Test func uint8() { check(integerCases(UInt8.self)) }

  @Test func extremesOfIntegersWrap() {
    let x: [Int32] = [.min, .max, .min, .min, .max]
    let y: [Int32] = [1, 1, -1, -1, 2]
    func run(_ op: d2l_binary_op) -> [Int32] { filled(5) { d2l_binary(D2L_INT32, op, x, y, $0, 5) } }
    #expect(run(D2L_SUB)[0] == .max)
    #expect(run(D2L_ADD)[1] == .min)
    #expect(run(D2L_FLOOR_DIV)[2] == .min)
    #expect(run(D2L_REMAINDER)[3] == 0)
    #expect(run(D2L_MUL)[4] == -2)
  }

  /// Every pair of numbers that the C standard has a rule for.
  @Test func specialPowersAndAngles() {
    let special: [Float] = [
      0, -0.0, 1, -1, .infinity, -.infinity, .nan, 2, -2, 0.5, -0.5, 3, -3, 1e30, -1e30, 16_777_215, 8_388_609,
      .leastNormalMagnitude / 8,
    ]
    for x in special {
      let xs = [Float](repeating: x, count: special.count)
      let powers: [Float] = filled(special.count) {
        d2l_binary(D2L_FLOAT, D2L_POW, xs, special, $0, Int64(special.count))
      }
      let angles: [Float] = filled(special.count) {
        d2l_binary(D2L_FLOAT, D2L_ATAN2, xs, special, $0, Int64(special.count))
      }
      for (index, y) in special.enumerated() {
        #expect(unitsInLastPlace(powers[index], pow(Double(x), Double(y))) < 1, "pow(\(x), \(y)) = \(powers[index])")
        #expect(
          unitsInLastPlace(angles[index], atan2(Double(x), Double(y))) < 2, "atan2(\(x), \(y)) = \(angles[index])")
        if powers[index] == 0 { #expect(powers[index].sign == pow(Double(x), Double(y)).sign, "pow(\(x), \(y))") }
        if angles[index] == 0 { #expect(angles[index].sign == atan2(Double(x), Double(y)).sign, "atan2(\(x), \(y))") }
      }
    }
  }

  private func checkComparisons<T: KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(5)
    for size in sizes {
      let x: [T] = mixed(size, &generator)
      let y: [T] = zip(x, mixed(size, &generator) as [T]).enumerated().map { $0 % 3 == 0 ? $1.0 : $1.1 }
      for test in comparisons {
        let expected = zip(x, y).map { Flag(test.function($0.number, $1.number)) }
        #expect(difference(filled(size) { d2l_binary(T.type, test.op, x, y, $0, Int64(size)) }, expected) == nil)
        let withNumber = x.map { Flag(test.function($0.number, T(rounding: 3).number)) }
        #expect(
          difference(filled(size) { d2l_binary_scalar(T.type, test.op, x, 3, false, $0, Int64(size)) }, withNumber)
            == nil)
      }
    }
  }

  @Test func comparing() {
    checkComparisons(Float.self)
    checkComparisons(Double.self)
    checkComparisons(Int32.self)
    checkComparisons(Int64.self)
    checkComparisons(UInt8.self)
    checkComparisons(Flag.self)
  }

  @Test func logic() {
    for size in sizes {
      let x = (0..<size).map { Flag($0 % 3 == 0) }
      let y = (0..<size).map { Flag($0 % 2 == 0) }
      func run(_ op: d2l_binary_op) -> [Flag] { filled(size) { d2l_binary(D2L_BOOL, op, x, y, $0, Int64(size)) } }
      #expect(difference(run(D2L_AND), zip(x, y).map { Flag($0.byte & $1.byte == 1) }) == nil)
      #expect(difference(run(D2L_OR), zip(x, y).map { Flag($0.byte | $1.byte == 1) }) == nil)
      #expect(difference(run(D2L_XOR), zip(x, y).map { Flag($0.byte != $1.byte) }) == nil)
    }
  }

  /// Shapes with every pattern of repetition, and operands that are slices or transposes.
  private func checkStrided<T: KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(6)
    var shapes = [
      [5, 7], [33, 65], [3, 40, 17], [2, 3, 4, 5], [1, 9, 1], [200, 300], [4, 0, 3], [6, 1, 2, 1, 3, 1, 2, 2],
    ]
    shapes += [[], [1], [70_000], [35_000, 2], [2, 35_000]]
    for shape in shapes {
      for _ in 0..<6 {
        var strides: [[Int]] = []
        var operands: [[T]] = []
        for _ in 0..<2 {
          // Dense in a random order of dimensions, or repeated along some.
          let order = shape.indices.shuffled(using: &generator)
          var step = Int.random(in: 1...2, using: &generator)
          var stride = [Int](repeating: 0, count: shape.count)
          for d in order where Int.random(in: 0..<3, using: &generator) > 0 {
            stride[d] = step
            step *= max(shape[d], 1)
          }
          if Bool.random(using: &generator) { stride = denseStrides(shape) }
          let extent = zip(shape, stride).reduce(1) { $0 + max($1.0 - 1, 0) * $1.1 }
          strides.append(stride)
          operands.append(mixed(extent, &generator))
        }
        let left = offsets(shape, strides[0]).map { operands[0][$0] }
        let right = offsets(shape, strides[1]).map { operands[1][$0] }
        let sums: [T] = filled(left.count) { d2l_binary(T.type, D2L_MAX, left, right, $0, Int64(left.count)) }
        let strided: [T] = filled(left.count) {
          d2l_binary_strided(
            T.type, D2L_MAX, operands[0], strides[0].map(Int64.init), operands[1], strides[1].map(Int64.init), $0,
            Int32(shape.count), shape.map(Int64.init))
        }
        #expect(difference(strided, sums) == nil, "\(shape) \(strides)")
        let less: [Flag] = filled(left.count) { d2l_binary(T.type, D2L_LT, left, right, $0, Int64(left.count)) }
        let stridedLess: [Flag] = filled(left.count) {
          d2l_binary_strided(
            T.type, D2L_LT, operands[0], strides[0].map(Int64.init), operands[1], strides[1].map(Int64.init), $0,
            Int32(shape.count), shape.map(Int64.init))
        }
        #expect(difference(stridedLess, less) == nil, "\(shape) \(strides)")
      }
    }
  }

  @Test func broadcasting() {
    checkStrided(Float.self)
    checkStrided(Double.self)
    checkStrided(UInt8.self)
  }
}
