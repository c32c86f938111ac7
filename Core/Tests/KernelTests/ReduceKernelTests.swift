import CD2LKernels
import Foundation
import Testing

private struct Shape: CustomStringConvertible {
  var outer: Int
  var count: Int
  var inner: Int
  init(_ outer: Int, _ count: Int, _ inner: Int) { (self.outer, self.count, self.inner) = (outer, count, inner) }
  var total: Int { outer * count * inner }
  var results: Int { outer * inner }
  var description: String { "[\(outer), \(count), \(inner)]" }
}

private let shapes = [
  Shape(1, 1, 1), Shape(3, 0, 2), Shape(0, 5, 3), Shape(2, 3, 0), Shape(1, 7, 1), Shape(5, 15, 1), Shape(3, 16, 1),
  Shape(2, 63, 1), Shape(4, 65, 1), Shape(3, 129, 1), Shape(300, 10, 1), Shape(1, 4095, 1), Shape(1, 4161, 1),
  Shape(1, 70_001, 1), Shape(2, 100_003, 1), Shape(1, 300_007, 1), Shape(7, 1000, 1), Shape(1, 5, 3), Shape(2, 129, 3),
  Shape(3, 40, 17), Shape(1, 5000, 10), Shape(2, 300, 64), Shape(1, 40_000, 3), Shape(4, 9, 100), Shape(1, 131, 1025),
  Shape(2, 600, 2500), Shape(50, 4, 3), Shape(1, 3, 5000), Shape(700, 2, 49), Shape(1, 20_000, 33),
]

private func reduce<T: KernelScalar, R: KernelScalar>(
  _ op: d2l_reduce_op, _ x: [T], _ shape: Shape, to: R.Type = R.self
) -> [R] {
  filled(shape.results) { d2l_reduce(T.type, op, x, $0, Int64(shape.outer), Int64(shape.count), Int64(shape.inner)) }
}

/// Applies a function to each column of [outer, count, inner].
private func columns<T, R>(_ x: [T], _ shape: Shape, _ body: ([T]) -> R) -> [R] {
  (0..<shape.results).map { result in
    let (o, k) = (result / max(shape.inner, 1), result % max(shape.inner, 1))
    return body((0..<shape.count).map { x[(o * shape.count + $0) * shape.inner + k] })
  }
}

private func largestFirst<T: KernelScalar>(_ column: [T], _ beats: (Double, Double) -> Bool) -> Int {
  var best = 0
  for (index, value) in column.enumerated() {
    if column[best].number.isNaN { break }
    if value.number.isNaN || beats(value.number, column[best].number) { best = index }
  }
  return best
}

@Suite struct ReduceKernelTests {
  private func checkFloats<T: BinaryFloatingPoint & KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(10)
    let unit = Double(T.ulpOfOne)
    for shape in shapes {
      let x: [T] = generator.numbers(shape.total)
      func close(_ op: d2l_reduce_op, _ tolerance: Double, _ body: ([Double]) -> Double) {
        let expected = columns(x, shape) { body($0.map(\.number)) }
        let sizes = columns(x, shape) { $0.reduce(0) { $0 + abs($1.number) } }
        let actual: [T] = reduce(op, x, shape)
        for index in actual.indices {
          let size = op == D2L_SUM ? sizes[index] : op == D2L_LOG_SUM_EXP ? 1 : 0  // of what may cancel
          let allowed = tolerance * unit * max(abs(expected[index]), size) + 1e-300
          if abs(actual[index].number - expected[index]) <= allowed || actual[index].number == expected[index] {
            continue
          }
          Issue.record("\(op) of \(T.self) \(shape) at \(index): \(actual[index]), expected \(expected[index])")
          return
        }
      }
      // The sum of doubles is compared with a compensated one; 4 units whatever the count is what cascading promises.
      close(D2L_SUM, 4) { sum($0) }
      close(D2L_SUM_SQUARES, 4) { sum($0.map { $0 * $0 }) }
      close(D2L_SUM_ABS, 4) { sum($0.map(abs)) }
      if shape.count > 0 {
        #expect(difference(reduce(D2L_REDUCE_MAX, x, shape), columns(x, shape) { $0.max() ?? 0 }) == nil, "\(shape)")
        #expect(difference(reduce(D2L_REDUCE_MIN, x, shape), columns(x, shape) { $0.min() ?? 0 }) == nil, "\(shape)")
        let top = columns(x, shape) { Int64(largestFirst($0, >)) }
        let bottom = columns(x, shape) { Int64(largestFirst($0, <)) }
        #expect(difference(reduce(D2L_ARG_MAX, x, shape), top) == nil, "\(shape)")
        #expect(difference(reduce(D2L_ARG_MIN, x, shape), bottom) == nil, "\(shape)")
      }
      close(D2L_LOG_SUM_EXP, 8) { column in
        guard let top = column.max() else { return -.infinity }
        return top + log(sum(column.map { exp($0 - top) }))
      }
      let factors = x.map { T(1) + $0 / T(max(shape.count, 1)) }
      let products: [T] = reduce(D2L_PROD, factors, shape)
      let expected = columns(factors, shape) { $0.reduce(1) { $0 * $1.number } }
      #expect(
        disagreement(products, expected, ulps: 4 + (T.type == D2L_DOUBLE ? Double(shape.count) / 2 : 0)) == nil,
        "product \(shape)")
    }
  }

  /// Neumaier's compensated sum.
  private func sum(_ x: [Double]) -> Double {
    var total = 0.0
    var lost = 0.0
    for value in x {
      let next = total + value
      lost += abs(total) >= abs(value) ? (total - next) + value : (value - next) + total
      total = next
    }
    return total + lost
  }

  @Test func floats() { checkFloats(Float.self) }
  @Test func doubles() { checkFloats(Double.self) }

  private func checkIntegers<T: FixedWidthInteger & KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(11)
    for shape in shapes {
      let x = (0..<shape.total).map { _ in T.random(in: .min ... .max, using: &generator) }
      #expect(difference(reduce(D2L_SUM, x, shape), columns(x, shape) { $0.reduce(0, &+) }) == nil, "\(shape)")
      let odd = x.map { $0 | 1 }
      #expect(difference(reduce(D2L_PROD, odd, shape), columns(odd, shape) { $0.reduce(1, &*) }) == nil, "\(shape)")
      if shape.count == 0 { continue }
      #expect(difference(reduce(D2L_REDUCE_MAX, x, shape), columns(x, shape) { $0.max() ?? 0 }) == nil, "\(shape)")
      #expect(difference(reduce(D2L_REDUCE_MIN, x, shape), columns(x, shape) { $0.min() ?? 0 }) == nil, "\(shape)")
      let few = x.map { $0 & 7 }  // many ties: the first counts
      let top = columns(few, shape) { Int64(largestFirst($0, >)) }
      let bottom = columns(few, shape) { Int64(largestFirst($0, <)) }
      #expect(difference(reduce(D2L_ARG_MAX, few, shape), top) == nil, "\(shape)")
      #expect(difference(reduce(D2L_ARG_MIN, few, shape), bottom) == nil, "\(shape)")
    }
  }

  @Test func integers() {
    checkIntegers(Int32.self)
    checkIntegers(Int64.self)
    checkIntegers(UInt8.self)
  }

  @Test func logic() {
    var generator = TestGenerator(12)
    for shape in shapes {
      for density in [0, 1, 50, 99, 100] {
        let x = (0..<shape.total).map { _ in Flag(Int.random(in: 0..<100, using: &generator) < density) }
        let any = columns(x, shape) { Flag($0.contains(Flag(true))) }
        let all = columns(x, shape) { Flag($0.allSatisfy { $0 == Flag(true) }) }
        let count = columns(x, shape) { Int64($0.filter { $0 == Flag(true) }.count) }
        #expect(difference(reduce(D2L_ANY, x, shape), any) == nil, "any \(shape)")
        #expect(difference(reduce(D2L_ALL, x, shape), all) == nil, "all \(shape)")
        #expect(difference(reduce(D2L_COUNT_TRUE, x, shape), count) == nil, "count \(shape)")
      }
    }
  }

  @Test func nanAndInfinity() {
    for shape in [Shape(3, 100, 1), Shape(2, 50, 7), Shape(1, 100_000, 1), Shape(1, 3000, 40)] {
      for place in [0, 1, shape.count / 2, shape.count - 1] {
        var x = (0..<shape.total).map { Float($0 % 17) }
        for result in 0..<shape.results {
          x[(result / shape.inner * shape.count + place) * shape.inner + result % shape.inner] = .nan
        }
        let nan = [Float](repeating: .nan, count: shape.results)
        for op in [D2L_REDUCE_MAX, D2L_REDUCE_MIN, D2L_SUM, D2L_PROD, D2L_LOG_SUM_EXP, D2L_SUM_SQUARES] {
          #expect(difference(reduce(op, x, shape), nan) == nil, "\(op) \(shape) with NaN at \(place)")
        }
        let index = [Int64](repeating: Int64(place), count: shape.results)
        #expect(difference(reduce(D2L_ARG_MAX, x, shape), index) == nil)
        #expect(difference(reduce(D2L_ARG_MIN, x, shape), index) == nil)
        let lowest = [Float](repeating: -.infinity, count: shape.total)
        for op in [D2L_LOG_SUM_EXP, D2L_REDUCE_MAX, D2L_SUM] {
          #expect(difference(reduce(op, lowest, shape), [Float](repeating: -.infinity, count: shape.results)) == nil)
        }
        #expect(difference(reduce(D2L_ARG_MAX, lowest, shape), [Int64](repeating: 0, count: shape.results)) == nil)
        let large = lowest.map { -$0 }
        #expect(
          difference(reduce(D2L_LOG_SUM_EXP, large, shape), [Float](repeating: .infinity, count: shape.results)) == nil)
      }
    }
    // No overflow where the result is in range.
    let x: [Float] = [1000, 1000, 999, -1000]
    let result: [Float] = reduce(D2L_LOG_SUM_EXP, x, Shape(1, 4, 1))
    #expect(disagreement(result, [1000 + log(2 + exp(-1))], ulps: 1) == nil)
  }

  /// A running sum of ten million times 0.1 in floats ends near 1.09 million.
  @Test func longSumsDoNotDrift() {
    let count = 10_000_000
    let x = [Float](repeating: 0.1, count: count)
    let total: [Float] = reduce(D2L_SUM, x, Shape(1, count, 1))
    #expect(disagreement(total, [Double(Float(0.1)) * Double(count)], ulps: 1) == nil)
    let columns: [Float] = reduce(D2L_SUM, x, Shape(1, count / 4, 4))
    #expect(
      disagreement(columns, [Double](repeating: Double(Float(0.1)) * Double(count / 4), count: 4), ulps: 1) == nil)
  }

  private func checkMoments<T: BinaryFloatingPoint & KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(13)
    for shape in shapes where shape.count > 1 {
      let x: [T] = generator.numbers(shape.total, 99...101)
      for correction in [0.0, 1.0] {
        var variance: [T] = []
        let mean: [T] = filled(shape.results) { mean in
          variance = filled(shape.results) { variance in
            d2l_mean_variance(
              T.type, x, mean, variance, Int64(shape.outer), Int64(shape.count), Int64(shape.inner), correction)
          }
        }
        let expectedMean = columns(x, shape) { sum($0.map(\.number)) / Double(shape.count) }
        let expected = columns(x, shape) { column -> Double in
          let mean = sum(column.map(\.number)) / Double(shape.count)
          return sum(column.map { ($0.number - mean) * ($0.number - mean) }) / (Double(shape.count) - correction)
        }
        #expect(disagreement(mean, expectedMean, ulps: T.type == D2L_DOUBLE ? 8 : 2) == nil, "mean \(shape)")
        // The mean is rounded before it is subtracted: its error enters squared.
        #expect(
          disagreement(variance, expected, ulps: 40, absolute: 1e-9 * Double(T.ulpOfOne) / 1e-16) == nil,
          "variance \(shape)")
      }
    }
  }

  @Test func moments() {
    checkMoments(Float.self)
    checkMoments(Double.self)
  }

  private func checkCumulative<T: KernelScalar>(_ type: T.Type, ulps: Double, _ add: (Double, Double) -> Double) {
    var generator = TestGenerator(14)
    for shape in shapes {
      let x: [T] = generator.numbers(shape.total, 0...3)
      for reversed in [false, true] {
        let actual: [T] = filled(shape.total) {
          d2l_cumulative_sum(
            T.type, x, $0, Int64(shape.outer), Int64(shape.count), Int64(shape.inner), reversed)
        }
        var expected = [Double](repeating: 0, count: shape.total)
        for result in 0..<shape.results where shape.count > 0 {
          var total = 0.0
          let first = result / shape.inner * shape.count * shape.inner + result % shape.inner
          for j in 0..<shape.count {
            let place = first + (reversed ? shape.count - 1 - j : j) * shape.inner
            total = add(total, x[place].number)
            expected[place] = total
          }
        }
        for index in actual.indices {
          let allowed = ulps * (T.type == D2L_FLOAT ? Double(Float(expected[index]).ulp) : expected[index].ulp)
          if abs(actual[index].number - expected[index]) <= allowed { continue }
          Issue.record("\(T.self) \(shape) at \(index): \(actual[index]), expected \(expected[index])")
          return
        }
      }
    }
  }

  @Test func cumulativeSums() {
    checkCumulative(Float.self, ulps: 1, +)
    checkCumulative(Double.self, ulps: 1, +)
    checkCumulative(Int32.self, ulps: 0, +)
    checkCumulative(Int64.self, ulps: 0, +)
    checkCumulative(UInt8.self, ulps: 0) { ($0 + $1).truncatingRemainder(dividingBy: 256) }
  }
}
