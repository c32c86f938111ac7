import CD2LKernels
import Testing

/// Normalisation of one set of values by its definition, in double.
private struct Normalized {
  var mean: Double, variance: Double, inverse: Double
  var hat: [Double]

  init(_ values: [Double], epsilon: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    let inverse = 1 / (variance + epsilon).squareRoot()
    (self.mean, self.variance, self.inverse) = (mean, variance, inverse)
    hat = values.map { ($0 - mean) * inverse }
  }

  /// The gradient of the values from that of the normalised ones.
  func gradient(_ g: [Double]) -> [Double] {
    let count = Double(g.count)
    let mean = g.reduce(0, +) / count, slope = zip(g, hat).reduce(0) { $0 + $1.0 * $1.1 } / count
    return zip(g, hat).map { inverse * ($0 - mean - $1 * slope) }
  }
}

@Suite(.serialized) struct NormalizationKernelTests {
  private let epsilon = 1e-5

  private func checkBatch<T: RealKernelScalar>(
    _ type: T.Type, batch: Int, channels: Int, spatial: Int, offset: Double = 0
  ) {
    var generator = TestGenerator(batch * 100 + channels)
    let count = batch * channels * spatial
    let x: [T] = generator.numbers(count, (offset - 2)...(offset + 2)), gy: [T] = generator.numbers(count)
    let weight: [T] = generator.numbers(channels, 0.5...2), bias: [T] = generator.numbers(channels)
    let label = "\(T.self) \(batch)x\(channels)x\(spatial)"
    for affine in [true, false] {
      var mean = [T](repeating: .nan, count: channels), variance = mean, inverse = mean, gweight = mean, gbias = mean
      let w = affine ? weight : nil, b = affine ? bias : nil
      let y = filled(count, as: T.self) {
        d2l_batch_norm_train(
          T.type, x, w, b, epsilon, $0, &mean, &variance, &inverse, Int64(batch), Int64(channels), Int64(spatial))
      }
      let gx = filled(count, as: T.self) {
        d2l_batch_norm_gradient(
          T.type, x, w, mean, inverse, gy, $0, &gweight, &gbias, Int64(batch), Int64(channels), Int64(spatial))
      }
      let inferred = filled(count, as: T.self) {
        d2l_batch_norm_infer(
          T.type, x, mean, variance, w, b, epsilon, $0, Int64(batch), Int64(channels), Int64(spatial))
      }
      var expected = [Double](repeating: 0, count: count), gradient = expected
      var statistics: [Normalized] = []
      var expectedWeight: [Double] = [], expectedBias: [Double] = []
      for c in 0..<channels {
        let places = (0..<batch).flatMap { n in (0..<spatial).map { (n * channels + c) * spatial + $0 } }
        let one = Normalized(places.map { x[$0].number }, epsilon: epsilon)
        let scale = affine ? weight[c].number : 1
        let own = one.gradient(places.map { gy[$0].number * scale })
        for (i, place) in places.enumerated() {
          expected[place] = one.hat[i] * scale + (affine ? bias[c].number : 0)
          gradient[place] = own[i]
        }
        statistics.append(one)
        expectedWeight.append(zip(places, one.hat).reduce(0) { $0 + gy[$1.0].number * $1.1 })
        expectedBias.append(places.reduce(0) { $0 + gy[$1].number })
      }
      // x itself is only known to its last place: a mean far from zero costs what it is worth in deviations.
      let tolerance = T.sumTolerance * (1 + abs(offset))
      #expect(gap(y, expected, within: tolerance) == nil, "y, \(label)")
      #expect(gap(inferred, expected, within: 4 * tolerance) == nil, "inferred, \(label)")
      #expect(gap(mean, statistics.map(\.mean)) == nil, "mean, \(label)")
      #expect(gap(variance, statistics.map(\.variance), within: tolerance) == nil, "variance, \(label)")
      #expect(gap(inverse, statistics.map(\.inverse), within: tolerance) == nil, "inverse, \(label)")
      #expect(gap(gx, gradient, within: tolerance) == nil, "gx, \(label)")
      #expect(gap(gweight, expectedWeight, within: tolerance) == nil, "gweight, \(label)")
      #expect(gap(gbias, expectedBias, within: tolerance) == nil, "gbias, \(label)")
    }
  }

  @Test func batches() {
    for (batch, channels, spatial) in [
      (4, 3, 1), (300, 40, 1), (2, 1, 2), (3, 5, 49), (2, 3, 5000), (7, 33, 12), (1, 2, 33),
    ] {
      checkBatch(Float.self, batch: batch, channels: channels, spatial: spatial)
      checkBatch(Double.self, batch: batch, channels: channels, spatial: spatial)
    }
    checkBatch(Float.self, batch: 20, channels: 2, spatial: 3000, offset: 30)
  }

  private func checkLayer<T: RealKernelScalar>(_ type: T.Type, rows: Int, count: Int) {
    var generator = TestGenerator(rows * 100 + count)
    let x: [T] = generator.numbers(rows * count), gy: [T] = generator.numbers(rows * count)
    let weight: [T] = generator.numbers(count, 0.5...2), bias: [T] = generator.numbers(count)
    let label = "\(T.self) \(rows)x\(count)"
    for (withWeight, withBias) in [(true, true), (true, false), (false, false)] {
      let w = withWeight ? weight : nil, b = withBias ? bias : nil
      var mean = [T](repeating: .nan, count: rows), inverse = mean
      var gweight = [T](repeating: .nan, count: count), gbias = gweight
      let y = filled(rows * count, as: T.self) {
        d2l_layer_norm(T.type, x, w, b, epsilon, $0, &mean, &inverse, Int64(rows), Int64(count))
      }
      let gx = filled(rows * count, as: T.self) {
        d2l_layer_norm_gradient(T.type, x, w, mean, inverse, gy, $0, &gweight, &gbias, Int64(rows), Int64(count))
      }
      var expected: [Double] = [], gradient: [Double] = []
      var statistics: [Normalized] = []
      var expectedWeight = [Double](repeating: 0, count: count), expectedBias = expectedWeight
      for r in 0..<rows {
        let row = (r * count)..<((r + 1) * count)
        let one = Normalized(row.map { x[$0].number }, epsilon: epsilon)
        let scales = (0..<count).map { withWeight ? weight[$0].number : 1 }
        for j in 0..<count {
          expected.append(one.hat[j] * scales[j] + (withBias ? bias[j].number : 0))
          expectedWeight[j] += gy[r * count + j].number * one.hat[j]
          expectedBias[j] += gy[r * count + j].number
        }
        gradient += one.gradient(row.map { gy[$0].number * scales[$0 - row.lowerBound] })
        statistics.append(one)
      }
      #expect(gap(y, expected) == nil, "y, \(label)")
      #expect(gap(mean, statistics.map(\.mean)) == nil, "mean, \(label)")
      #expect(gap(inverse, statistics.map(\.inverse)) == nil, "inverse, \(label)")
      #expect(gap(gx, gradient) == nil, "gx, \(label)")
      #expect(gap(gweight, expectedWeight) == nil, "gweight, \(label)")
      #expect(gap(gbias, expectedBias) == nil, "gbias, \(label)")
    }
  }

  @Test func layers() {
    for (rows, count) in [(1, 2), (5, 7), (64, 32), (70, 129), (9, 5000), (500, 65), (0, 8)] {
      checkLayer(Float.self, rows: rows, count: count)
      checkLayer(Double.self, rows: rows, count: count)
    }
  }

  @Test func threadsDoNotShow() {
    var generator = TestGenerator(8)
    for (batch, channels, spatial) in [(16, 12, 900), (400, 300, 1)] {
      let count = batch * channels * spatial
      let x: [Float] = generator.numbers(count), gy: [Float] = generator.numbers(count)
      let same = sameForAllThreadCounts { () -> [Float] in
        var mean = [Float](repeating: 0, count: channels), variance = mean, inverse = mean, gweight = mean, gbias = mean
        let y = filled(count, as: Float.self) {
          d2l_batch_norm_train(
            D2L_FLOAT, x, nil, nil, epsilon, $0, &mean, &variance, &inverse, Int64(batch), Int64(channels),
            Int64(spatial))
        }
        let gx = filled(count, as: Float.self) {
          d2l_batch_norm_gradient(
            D2L_FLOAT, x, nil, mean, inverse, gy, $0, &gweight, &gbias, Int64(batch), Int64(channels), Int64(spatial))
        }
        return y + gx + gweight + gbias
      }
      #expect(same)
    }
    let rows = 900, count = 300
    let x: [Float] = generator.numbers(rows * count), gy: [Float] = generator.numbers(rows * count)
    let same = sameForAllThreadCounts { () -> [Float] in
      var mean = [Float](repeating: 0, count: rows), inverse = mean
      var gweight = [Float](repeating: 0, count: count), gbias = gweight
      let y = filled(rows * count, as: Float.self) {
        d2l_layer_norm(D2L_FLOAT, x, nil, nil, epsilon, $0, &mean, &inverse, Int64(rows), Int64(count))
      }
      let gx = filled(rows * count, as: Float.self) {
        d2l_layer_norm_gradient(D2L_FLOAT, x, nil, mean, inverse, gy, $0, &gweight, &gbias, Int64(rows), Int64(count))
      }
      return y + gx + gweight + gbias
    }
    #expect(same)
  }
}
