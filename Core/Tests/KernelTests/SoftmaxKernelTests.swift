import CD2LKernels
import Foundation
import Testing

@Suite(.serialized) struct SoftmaxKernelTests {
  private func probabilities(_ row: [Double]) -> [Double] {
    let top = row.max() ?? 0
    let terms = row.map { exp($0 - top) }
    let sum = terms.reduce(0, +)
    return terms.map { $0 / sum }
  }

  private func check<T: RealKernelScalar>(
    _ type: T.Type, outer: Int, count: Int, inner: Int, range: ClosedRange<Double> = -4...4
  ) {
    var generator = TestGenerator(count * 10 + inner)
    let size = outer * count * inner
    let x: [T] = generator.numbers(size, range), gy: [T] = generator.numbers(size)
    let (o, c, i) = (Int64(outer), Int64(count), Int64(inner))
    let label = "\(T.self) \(outer)x\(count)x\(inner)"
    let y = filled(size, as: T.self) { d2l_softmax(T.type, x, $0, o, c, i) }
    let logs = filled(size, as: T.self) { d2l_log_softmax(T.type, x, $0, o, c, i) }
    let gx = filled(size, as: T.self) { d2l_softmax_gradient(T.type, y, gy, $0, o, c, i) }
    let glogs = filled(size, as: T.self) { d2l_log_softmax_gradient(T.type, logs, gy, $0, o, c, i) }
    var expected = [Double](repeating: 0, count: size), expectedLogs = expected, gradient = expected,
      gradientLogs = expected
    for a in 0..<outer {
      for b in 0..<inner {
        let places = (0..<count).map { (a * count + $0) * inner + b }
        let p = probabilities(places.map { x[$0].number }), g = places.map { gy[$0].number }
        let top = places.map { x[$0].number }.max() ?? 0
        let shift = top + log(places.reduce(0) { $0 + exp(x[$1].number - top) })
        let dot = zip(p, g).reduce(0) { $0 + $1.0 * $1.1 }, total = g.reduce(0, +)
        for (k, place) in places.enumerated() {
          expected[place] = p[k]
          expectedLogs[place] = x[place].number - shift
          gradient[place] = p[k] * (g[k] - dot)
          gradientLogs[place] = g[k] - p[k] * total
        }
      }
    }
    // A log-probability near -100 has absolute errors that its exponential multiplies.
    let ulps = T.sumTolerance * max(1, (abs(range.lowerBound) + abs(range.upperBound)) / 100)
    #expect(gap(y, expected, within: T.sumTolerance / 10) == nil, "softmax, \(label)")
    #expect(gap(logs, expectedLogs) == nil, "log-softmax, \(label)")
    #expect(gap(gx, gradient) == nil, "gradient, \(label)")
    #expect(gap(glogs, gradientLogs, within: ulps) == nil, "gradient of log, \(label)")
  }

  @Test func softmax() {
    for (outer, count, inner) in [
      (1, 1, 1), (5, 10, 1), (3, 16, 1), (300, 17, 1), (2, 5000, 1), (4, 7, 3), (3, 21, 64), (2, 5, 130), (40, 3, 200),
      (0, 5, 1),
    ] {
      check(Float.self, outer: outer, count: count, inner: inner)
      check(Double.self, outer: outer, count: count, inner: inner)
    }
    check(Float.self, outer: 3, count: 40, inner: 1, range: 500...600)  // would overflow without the shift
    check(Double.self, outer: 3, count: 40, inner: 5, range: -3000...(-2000))
  }

  @Test func extremes() {
    for inner in [1, 2] {
      let rows: [[Float]] = [
        [0, -.infinity, 0], [.nan, 0, 1], [-.infinity, -.infinity, -.infinity], [200, -200, 0],
      ]
      for row in rows {
        let x = row.flatMap { [Float](repeating: $0, count: inner) }
        let y = filled(3 * inner, as: Float.self) { d2l_softmax(D2L_FLOAT, x, $0, 1, 3, Int64(inner)) }
        let bad = row.contains { $0.isNaN } || row.allSatisfy { $0 == -.infinity }
        let expected = bad ? [.nan, .nan, .nan] : probabilities(row.map(Double.init))
        #expect(gap(y, expected.flatMap { [Double](repeating: $0, count: inner) }) == nil, "\(row)")
      }
    }
  }

  private func checkEntropy<T: RealKernelScalar>(
    _ type: T.Type, rows: Int, classes: Int, smoothing: Double, weighted: Bool, each: Bool
  ) {
    var generator = TestGenerator(rows * classes)
    let x: [T] = generator.numbers(rows * classes, -5...5), weight: [T] = generator.numbers(classes, 0.2...3)
    let gloss: [T] = generator.numbers(each ? rows : 1)
    let ignore = Int64(-100)
    let targets = (0..<rows).map { $0 % 5 == 3 ? ignore : Int64.random(in: 0..<Int64(classes), using: &generator) }
    let w = weighted ? weight : nil
    let label = "\(T.self) \(rows)x\(classes) smoothing \(smoothing) weights \(weighted)"
    var logSums = [T](repeating: .nan, count: rows)
    let losses = filled(rows, as: T.self) {
      d2l_cross_entropy(T.type, x, targets, w, smoothing, ignore, $0, &logSums, Int64(rows), Int64(classes))
    }
    let gx = filled(rows * classes, as: T.self) {
      d2l_cross_entropy_gradient(
        T.type, x, targets, w, smoothing, ignore, logSums, gloss, each ? 1 : 0, $0, Int64(rows), Int64(classes))
    }
    var expected: [Double] = [], gradient: [Double] = [], sums: [Double] = []
    for r in 0..<rows {
      let row = (0..<classes).map { x[r * classes + $0].number }
      let p = probabilities(row)
      sums.append(log(row.reduce(0) { $0 + exp($1) }))
      // What each class counts in the target, its weight included.
      let q = (0..<classes).map { c -> Double in
        if targets[r] == ignore { return 0 }
        let share = (Int64(c) == targets[r] ? 1 - smoothing : 0) + smoothing / Double(classes)
        return share * (weighted ? weight[c].number : 1)
      }
      expected.append(zip(p, q).reduce(0) { $0 - $1.1 * log($1.0) })
      let total = q.reduce(0, +), g = gloss[each ? r : 0].number
      gradient += zip(p, q).map { g * ($0 * total - $1) }
    }
    #expect(gap(losses, expected) == nil, "losses, \(label)")
    #expect(gap(logSums, sums) == nil, "log-sum-exp, \(label)")
    #expect(gap(gx, gradient) == nil, "gradient, \(label)")
  }

  @Test func crossEntropy() {
    for (rows, classes) in [(1, 2), (7, 10), (33, 16), (12, 1000), (256, 10), (5, 1), (0, 10)] {
      for smoothing in [0, 0.1] {
        for weighted in [false, true] {
          checkEntropy(Float.self, rows: rows, classes: classes, smoothing: smoothing, weighted: weighted, each: true)
          checkEntropy(Double.self, rows: rows, classes: classes, smoothing: smoothing, weighted: weighted, each: false)
        }
      }
    }
  }

  @Test func threadsDoNotShow() {
    var generator = TestGenerator(2)
    let x: [Float] = generator.numbers(400 * 300)
    let targets = (0..<400).map { Int64($0 % 300) }
    #expect(
      sameForAllThreadCounts {
        let rows = filled(x.count, as: Float.self) { d2l_softmax(D2L_FLOAT, x, $0, 400, 300, 1) }
        return rows + filled(x.count, as: Float.self) { d2l_log_softmax(D2L_FLOAT, x, $0, 4, 100, 300) }
      })
    #expect(
      sameForAllThreadCounts { () -> [Float] in
        var sums = [Float](repeating: 0, count: 400)
        let one: [Float] = [1]
        let losses = filled(400, as: Float.self) {
          d2l_cross_entropy(D2L_FLOAT, x, targets, nil, 0.1, -1, $0, &sums, 400, 300)
        }
        return losses
          + filled(x.count, as: Float.self) {
            d2l_cross_entropy_gradient(D2L_FLOAT, x, targets, nil, 0.1, -1, sums, one, 0, $0, 400, 300)
          }
      })
  }
}
