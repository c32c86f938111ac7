import D2LTensor
import D2LTestSupport
import Testing

/// Draws against the moments and distribution functions of what they are drawn from: 20,000 numbers each, bounds of about five
/// standard errors. Seeds are fixed, so a run either always passes or never.
@Suite struct DistributionTests {
  private let count = 20_000

  private func check(
    _ x: Tensor<Double>, mean: Double, variance: Double, kurtosis: Double = 3,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let n = Double(x.count)
    let found = x.mean().item()
    #expect(
      Swift.abs(found - mean) < 5 * (variance / n).squareRoot(), "mean \(found), expected \(mean)",
      sourceLocation: location)
    let spread = x.variance().item()
    let error = variance * ((kurtosis - 1) / n).squareRoot()
    #expect(
      Swift.abs(spread - variance) < 5 * error, "variance \(spread), expected \(variance)", sourceLocation: location)
  }

  @Test func continuousDistributions() {
    var random = RandomGenerator(seed: 1)
    for rate in [0.5, 3] {
      let x = Tensor<Double>(randomExponential: [count], rate: rate, using: &random)
      check(x, mean: 1 / rate, variance: 1 / (rate * rate), kurtosis: 9)
      #expect(x.min().item() >= 0)
    }
    for (alpha, rate) in [(0.3, 1.0), (1, 2), (4.5, 0.5)] {
      let x = Tensor<Double>(randomGamma: [count], alpha: alpha, rate: rate, using: &random)
      check(x, mean: alpha / rate, variance: alpha / (rate * rate), kurtosis: 3 + 6 / alpha)
    }
    for (a, b) in [(0.5, 0.5), (2, 3), (1, 1)] as [(Double, Double)] {
      let x = Tensor<Double>(randomBeta: [count], alpha: a, beta: b, using: &random)
      check(x, mean: a / (a + b), variance: a * b / ((a + b) * (a + b) * (a + b + 1)))
      #expect(x.min().item() >= 0 && x.max().item() <= 1)
    }
    let normal = Tensor<Double>((0..<count).map { _ in random.normal() })
    check(normal, mean: 0, variance: 1)
  }

  @Test func countingDistributions() {
    var random = RandomGenerator(seed: 2)
    for mean in [0.0, 0.7, 9, 40, 1500] {
      let x = Tensor<Double>(randomPoisson: [count], mean: mean, using: &random)
      if mean == 0 {
        #expect(x.max().item() == 0)
      } else {
        check(x, mean: mean, variance: mean, kurtosis: 3 + 1 / mean)
      }
    }
    for (trials, p) in [(1, 0.3), (10, 0.5), (100, 0.05), (1000, 0.7), (50, 0), (50, 1)] {
      let x = Tensor<Double>(randomBinomial: [count], trials: trials, probability: p, using: &random)
      let n = Double(trials)
      if p == 0 || p == 1 {
        #expect(x.min().item() == n * p && x.max().item() == n * p)
      } else {
        check(x, mean: n * p, variance: n * p * (1 - p))
      }
      #expect(x.max().item() <= n)
    }
    let coin = Tensor<Double>(randomBernoulli: [count], probability: 0.2, using: &random)
    check(coin, mean: 0.2, variance: 0.16)
    #expect(coin.unique().values == Tensor([0, 1]))
    let each = Tensor<Double>(
      randomBernoulli: Tensor<Double>([0, 0.5, 1]).expanded(to: [count, 3]), using: &random)
    #expect(each[.all, 0].max().item() == 0 && each[.all, 2].min().item() == 1)
    check(each[.all, 1], mean: 0.5, variance: 0.25, kurtosis: 1.1)
  }

  @Test(arguments: [(-2.0, 2.0), (-0.1, 0.2), (3, 9), (-9, -4), (5, 5.01), (0, 40)])
  func truncatedNormals(_ low: Double, _ high: Double) {
    var random = RandomGenerator(seed: 3)
    let x = Tensor<Double>(randomTruncatedNormal: [count], in: low...high, using: &random)
    #expect(x.min().item() >= low && x.max().item() <= high)
    // The share below the middle, by numerical integration.
    func density(_ x: Double) -> Double { Tensor<Double>(-(x * x - low * low) / 2).exponential() }
    func mass(_ from: Double, _ to: Double) -> Double {
      let step = (to - from) / 2000
      return (0..<2000).reduce(0) { $0 + density(from + (Double($1) + 0.5) * step) } * step
    }
    let middle = low + (Swift.min(high, low + 4) - low) * 0.3
    let share = mass(low, middle) / mass(low, Swift.min(high, low + 12))
    let found = Double((x .< middle).countTrue().item()) / Double(count)
    #expect(Swift.abs(found - share) < 5 * (share * (1 - share) / Double(count)).squareRoot() + 1e-4)
  }

  @Test func shiftedTruncatedNormal() {
    let x = withRandomSeed(4) {
      Tensor<Double>(randomTruncatedNormal: [count], mean: 5, standardDeviation: 2, in: 1...9)
    }
    // Cut at two deviations on both sides: variance 0.7737 of the uncut one.
    check(x, mean: 5, variance: 4 * 0.773741)
  }

  @Test func multinomialCounts() {
    var random = RandomGenerator(seed: 5)
    let weights = Tensor<Double>([1, 0, 3, 6])
    let x = Tensor<Double>(
      stacking: (0..<2000).map { _ in
        Tensor<Double>(randomMultinomial: 50, probabilities: weights, using: &random)
      })
    #expect(x.sum(axis: 1) == Tensor(repeating: 50, shape: [2000]))
    for (column, p) in [0.1, 0, 0.3, 0.6].enumerated() {
      if p == 0 {
        #expect(x[.all, 1].max().item() == 0)
      } else {
        check(x[.all, column], mean: 50 * p, variance: 50 * p * (1 - p))
      }
    }
  }

  @Test func sampledPositions() {
    var random = RandomGenerator(seed: 6)
    let weights = Tensor<Double>([1, 0, 3, 6])
    let with = weights.sampledIndices(count, replacement: true, using: &random)
    let shares = with.binCount(minimumCount: 4).converted(to: Double.self) / Double(count)
    #expect(shares.isClose(to: Tensor([0.1, 0, 0.3, 0.6]), absolute: 0.02))
    var first = [0, 0, 0, 0]
    for _ in 0..<5000 {
      let drawn = weights.sampledIndices(3, replacement: false, using: &random).values
      #expect(Set(drawn) == [0, 2, 3])
      first[Int(drawn[0])] += 1
    }
    #expect(Swift.abs(Double(first[3]) / 5000 - 0.6) < 0.04)
    let rows = Tensor<Float>([[1, 0], [0, 1]]).sampledIndices(3, replacement: true, using: &random)
    #expect(rows == Tensor<Int64>([[0, 0, 0], [1, 1, 1]]))
    let scoped = withRandomSeed(9) { weights.sampledIndices(5, replacement: true) }
    #expect(scoped == withRandomSeed(9) { weights.sampledIndices(5, replacement: true) })
  }

  @Test func equalSeedsAgreeAndOthersDiffer() {
    func draws(_ seed: UInt64) -> [Tensor<Double>] {
      var g = RandomGenerator(seed: seed)
      return [
        Tensor(randomUniform: [50], using: &g), Tensor(randomNormal: [50], using: &g),
        Tensor(randomExponential: [50], using: &g), Tensor(randomGamma: [50], alpha: 0.5, using: &g),
        Tensor(randomBeta: [50], alpha: 2, beta: 3, using: &g), Tensor(randomPoisson: [50], mean: 30, using: &g),
        Tensor(randomBinomial: [50], trials: 40, probability: 0.4, using: &g),
        Tensor(randomBernoulli: [50], probability: 0.5, using: &g),
        Tensor(randomTruncatedNormal: [50], in: -1...1, using: &g),
        Tensor<Int64>(randomIntegers: [50], in: 0..<100, using: &g).converted(),
        g.permutation(50).converted(), Tensor(ones: [50]).droppedOut(probability: 0.5, using: &g),
      ]
    }
    #expect(draws(7) == draws(7))
    for (a, b) in zip(draws(7), draws(8)) { #expect(a != b) }
    #expect(
      withRandomSeed(3) { Tensor<Float>(randomUniform: [9]) } == withRandomSeed(3) { Tensor<Float>(randomUniform: [9]) }
    )
    #expect(
      withRandomSeed(3) { Tensor<Float>(randomNormal: [9]) } != withRandomSeed(4) { Tensor<Float>(randomNormal: [9]) })
    #expect(
      withRandomSeed(3) { Tensor<Int32>(randomIntegers: [9], in: 0..<9) }
        == withRandomSeed(3) { Tensor<Int32>(randomIntegers: [9], in: 0..<9) })
    #expect(
      withRandomSeed(3) { Tensor<Float>(randomBernoulli: [9], probability: 0.5) }
        == withRandomSeed(3) { Tensor<Float>(randomBernoulli: [9], probability: 0.5) })
  }

  @Test func derivedStreamsDiffer() {
    let base = RandomGenerator(seed: 5)
    var (a, b, again) = (base.stream(1), base.stream(2), base.stream(1))
    let first = Tensor<Float>(randomUniform: [20], using: &a)
    #expect(first == Tensor<Float>(randomUniform: [20], using: &again))
    #expect(first != Tensor<Float>(randomUniform: [20], using: &b))
  }

  @Test func dropoutIsTheSameMaskBackwards() {
    var random = RandomGenerator(seed: 11)
    let x = Tensor<Double>(ones: [1000]).requiringGradient()
    let y = x.droppedOut(probability: 0.25, using: &random)
    y.sum().backward()
    #expect(x.gradient == y.detached())
    check(y.detached(), mean: 1, variance: 1.0 / 3)
    #expect(y.detached().unique().values.count == 2)
  }

  @Test func tablesAndHistograms() {
    let x = Tensor<Int64>([[3, 1, 3], [0, 3, 1]])
    let found = x.unique()
    #expect(found.values == Tensor([0, 1, 3]))
    #expect(found.counts == Tensor([1, 2, 3]))
    #expect(found.values.taking(found.inverse) == x)
    #expect(x.flattened().binCount() == Tensor([1, 2, 0, 3]))
    #expect(Tensor<Int64>(zeros: [0]).binCount(minimumCount: 2) == Tensor([0, 0]))
    let histogram = Tensor<Float>([0, 0.1, 0.5, 1, 2, .nan, -1]).histogram(bins: 2, range: 0...1)
    #expect(histogram.counts == Tensor([2, 2]))
    #expect(histogram.edges == Tensor([0, 0.5, 1]))
  }
}

extension Tensor<Double> {
  fileprivate func exponential() -> Double { exp(self).item() }
}
