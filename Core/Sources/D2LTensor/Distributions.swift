#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

// Single draws, in Double. Each takes as many numbers of the stream as it needs, so arrays are filled in order, by one thread.
extension RandomGenerator {
  /// A number uniform on [0, 1), with 53 random bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number uniform on (0, 1]: safe to take the logarithm of.
  mutating func positiveUniform() -> Double { 1 - uniform() }

  /// A standard normal number (Box & Muller, 1958).
  public mutating func normal() -> Double {
    let radius = (-2 * log(positiveUniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// A number of the exponential distribution, mean 1 / `rate`.
  public mutating func exponential(rate: Double = 1) -> Double { -log(positiveUniform()) / rate }

  /// A number of the gamma distribution with density ∝ x^(shape - 1) exp(-rate x) (Marsaglia & Tsang, 2000).
  public mutating func gamma(shape: Double, rate: Double = 1) -> Double {
    require(shape > 0 && rate > 0, "gamma", "shape \(shape), rate \(rate)")
    if shape < 1 {
      let boost = pow(positiveUniform(), 1 / shape)
      return gamma(shape: shape + 1, rate: rate) * boost
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let t = 1 + c * x
      if t <= 0 { continue }
      let v = t * t * t
      if log(positiveUniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v / rate }
    }
  }

  /// A number of the beta distribution, density ∝ x^(a - 1) (1 - x)^(b - 1).
  public mutating func beta(_ a: Double, _ b: Double) -> Double {
    let x = gamma(shape: a)
    let y = gamma(shape: b)
    return x + y == 0 ? (a > b ? 1 : 0) : x / (x + y)
  }

  /// A count of the Poisson distribution with the given mean.
  public mutating func poisson(mean: Double) -> Int {
    require(mean >= 0 && mean < 1e15, "poisson", "a mean of \(mean)")
    // Large means are cut by gamma draws (Ahrens & Dieter, 1974): the time of event n is gamma distributed.
    var (mean, count) = (mean, 0)
    while mean > 16 {
      let event = Int(mean * 7 / 8)
      let time = gamma(shape: Double(event))
      if time > mean { return count + binomial(trials: event - 1, probability: mean / time) }
      count += event
      mean -= time
    }
    let limit = exp(-mean)
    var product = positiveUniform()
    while product > limit {
      count += 1
      product *= positiveUniform()
    }
    return count
  }

  /// How many of `trials` succeed, each with the given probability.
  public mutating func binomial(trials: Int, probability: Double) -> Int {
    require(trials >= 0 && probability >= 0 && probability <= 1, "binomial", "\(trials) trials of \(probability)")
    // Many trials are halved at the median of as many uniform numbers, which is beta distributed (Relles, 1972).
    var (left, p, count) = (trials, probability, 0)
    while left > 16 {
      let middle = 1 + left / 2
      let median = beta(Double(middle), Double(left + 1 - middle))
      if median <= p {
        count += middle
        left -= middle
        p = median < 1 ? Swift.min(1, (p - median) / (1 - median)) : 0
      } else {
        left = middle - 1
        p = Swift.min(1, p / median)
      }
    }
    for _ in 0..<left where uniform() < p { count += 1 }
    return count
  }

  /// A standard normal number given that it lies in `range` (by rejection; Robert, 1995, in the tails).
  public mutating func truncatedNormal(in range: ClosedRange<Double>) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    if low == high { return low }
    if high < 0 { return -truncatedNormal(in: -high ... -low) }
    let share = 0.5 * (erfc(-high / 2.0.squareRoot()) - erfc(-low / 2.0.squareRoot()))
    if share > 0.2 {
      while true {
        let x = normal()
        if range.contains(x) { return x }
      }
    }
    let nearest = Swift.max(low, 0)
    let rate = (nearest + (nearest * nearest + 4).squareRoot()) / 2
    if low < 0 || (high - low) * rate < 2 {
      // A narrow piece: uniform proposals.
      while true {
        let x = low + (high - low) * uniform()
        if uniform() < exp((nearest * nearest - x * x) / 2) { return x }
      }
    }
    while true {
      let x = low + exponential(rate: rate)
      if x <= high && uniform() < exp(-(x - rate) * (x - rate) / 2) { return x }
    }
  }

  /// A position drawn with probability proportional to its weight: `sums` are the weights' running sums.
  mutating func choice(sums: [Double]) -> Int {
    let target = uniform() * (sums.last ?? 0)
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension Tensor where Scalar: NumericScalar {
  fileprivate init(
    drawing shape: Shape, _ generator: inout RandomGenerator, _ draw: (inout RandomGenerator) -> Double
  ) {
    for size in shape { require(size >= 0, "Tensor", "a negative size in shape \(shape)") }
    self.init(shape: shape) { buffer in
      for index in buffer.indices {
        buffer.initializeElement(at: index, to: Scalar(fromDouble: draw(&generator)))
      }
    }
  }

  /// Ones with the given probability, else zeros.
  public init(randomBernoulli shape: Shape, probability: Double, using generator: inout RandomGenerator) {
    require(probability >= 0 && probability <= 1, "bernoulli", "a probability of \(probability)")
    let draws = Tensor<Double>(randomUniform: shape, using: &generator)
    self = (draws .< probability).converted()
  }

  /// Ones with the probability that `probabilities` holds in their place, else zeros.
  public init<P: FloatingScalar>(randomBernoulli probabilities: Tensor<P>, using generator: inout RandomGenerator) {
    let draws = Tensor<P>(randomUniform: probabilities.shape, using: &generator)
    self = (draws .< probabilities).converted()
  }

  /// Counts of the Poisson distribution.
  public init(randomPoisson shape: Shape, mean: Double, using generator: inout RandomGenerator) {
    self.init(drawing: shape, &generator) { Double($0.poisson(mean: mean)) }
  }

  /// How many of `trials` succeed, each with the given probability.
  public init(randomBinomial shape: Shape, trials: Int, probability: Double, using generator: inout RandomGenerator) {
    self.init(drawing: shape, &generator) { Double($0.binomial(trials: trials, probability: probability)) }
  }

  /// How often each of the classes occurs in `trials` draws: counts in the shape of `probabilities`, a vector of weights, which need
  /// not add up to 1.
  public init<P: FloatingScalar>(
    randomMultinomial trials: Int, probabilities: Tensor<P>, using generator: inout RandomGenerator
  ) {
    let weights = checkedWeights(probabilities, "multinomial")
    var (left, rest) = (trials, weights.reduce(0, +))
    require(rest > 0 || trials == 0, "multinomial", "weights that are all 0")
    let counts = weights.enumerated().map { number, weight -> Scalar in
      let isLast = !weights[(number + 1)...].contains { $0 > 0 }
      let share = isLast ? (weight > 0 ? 1 : 0) : Swift.min(1, weight / rest)
      let hits = share == 0 ? 0 : generator.binomial(trials: left, probability: share)
      left -= hits
      rest -= weight
      return Scalar(fromDouble: Double(hits))
    }
    self.init(counts)
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Normally distributed numbers, given that they lie in `range`.
  public init(
    randomTruncatedNormal shape: Shape, mean: Double = 0, standardDeviation: Double = 1, in range: ClosedRange<Double>,
    using generator: inout RandomGenerator
  ) {
    require(standardDeviation > 0, "truncatedNormal", "a standard deviation of \(standardDeviation)")
    let low = (range.lowerBound - mean) / standardDeviation
    let high = (range.upperBound - mean) / standardDeviation
    self.init(drawing: shape, &generator) { $0.truncatedNormal(in: low...high) * standardDeviation + mean }
  }

  /// Numbers of the exponential distribution, mean 1 / `rate`.
  public init(randomExponential shape: Shape, rate: Double = 1, using generator: inout RandomGenerator) {
    require(rate > 0, "exponential", "a rate of \(rate)")
    self.init(drawing: shape, &generator) { $0.exponential(rate: rate) }
  }

  /// Numbers of the gamma distribution with density ∝ x^(alpha - 1) exp(-rate x).
  public init(randomGamma shape: Shape, alpha: Double, rate: Double = 1, using generator: inout RandomGenerator) {
    self.init(drawing: shape, &generator) { $0.gamma(shape: alpha, rate: rate) }
  }

  /// Numbers of the beta distribution with density ∝ x^(alpha - 1) (1 - x)^(beta - 1).
  public init(randomBeta shape: Shape, alpha: Double, beta: Double, using generator: inout RandomGenerator) {
    require(alpha > 0 && beta > 0, "beta", "alpha \(alpha), beta \(beta)")
    self.init(drawing: shape, &generator) { $0.beta(alpha, beta) }
  }

  /// Positions drawn with probabilities proportional to these weights, a vector or the rows of a matrix: `[count]` or `[rows, count]`.
  /// Without replacement no position comes twice.
  public func sampledIndices(
    _ count: Int, replacement: Bool, using generator: inout RandomGenerator
  ) -> Tensor<Int64> {
    require(rank == 1 || rank == 2, "sampledIndices", "weights of shape \(shape) are neither a vector nor a matrix")
    require(count >= 0, "sampledIndices", "\(count) draws")
    if rank == 2 {
      let rows = (0..<shape[0]).map { self[$0].sampledIndices(count, replacement: replacement, using: &generator) }
      return rows.isEmpty ? Tensor<Int64>(zeros: [0, count]) : Tensor<Int64>(stacking: rows)
    }
    let weights = checkedWeights(self, "sampledIndices")
    let open = weights.count { $0 > 0 }
    require(
      count == 0 || (replacement ? open > 0 : open >= count), "sampledIndices",
      "\(count) draws from \(open) positions of weight above 0")
    if replacement {
      var sum = 0.0
      let sums = weights.map { weight -> Double in
        sum += weight
        return sum
      }
      return Tensor<Int64>((0..<count).map { _ in Int64(generator.choice(sums: sums)) })
    }
    // Waiting times at rates equal to the weights: the first `count` to arrive (Efraimidis & Spirakis, 2006).
    let arrivals = weights.map { weight in weight > 0 ? generator.exponential() / weight : .infinity }
    return Tensor<Double>(arrivals).topK(count, largest: false).indices
  }
}

private func checkedWeights<S: FloatingScalar>(_ weights: Tensor<S>, _ name: StaticString) -> [Double] {
  require(weights.rank == 1, name, "weights of shape \(weights.shape) are not a vector")
  let numbers = weights.values.map(\.asDouble)
  for number in numbers where !(number >= 0 && number.isFinite) { fail(name, "a weight of \(number)") }
  return numbers
}

// MARK: - From the current source

extension Tensor where Scalar: NumericScalar {
  /// Ones with the given probability, else zeros, from the current source.
  public init(randomBernoulli shape: Shape, probability: Double) {
    self.init(randomBernoulli: shape, probability: probability, using: &RandomSource.current.generator)
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Normally distributed numbers, given that they lie in `range`, from the current source.
  public init(
    randomTruncatedNormal shape: Shape, mean: Double = 0, standardDeviation: Double = 1, in range: ClosedRange<Double>
  ) {
    self.init(
      randomTruncatedNormal: shape, mean: mean, standardDeviation: standardDeviation, in: range,
      using: &RandomSource.current.generator)
  }

  /// As ``sampledIndices(_:replacement:using:)``, from the current source.
  public func sampledIndices(_ count: Int, replacement: Bool) -> Tensor<Int64> {
    sampledIndices(count, replacement: replacement, using: &RandomSource.current.generator)
  }
}
