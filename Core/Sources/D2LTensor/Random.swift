import CD2LKernels

/// A stream of random numbers that is a function of its seed and a position: Philox 4×32-10 (Salmon et al., 2011).
///
/// Two numbers are its whole state, so it can be saved with a checkpoint; what it draws does not depend on the number of threads or
/// the platform.
public struct RandomGenerator: Sendable, Hashable, Codable {
  /// Streams of different seeds have nothing to do with each other.
  public let seed: UInt64
  /// How many blocks of four 32-bit words have been used.
  public private(set) var position: UInt64

  /// The stream of `seed`, from its beginning or from a saved position.
  public init(seed: UInt64, position: UInt64 = 0) {
    self.seed = seed
    self.position = position
  }

  /// Skips `blocks` blocks and returns where they began.
  mutating func take(blocks: UInt64) -> UInt64 {
    defer { position &+= blocks }
    return position
  }

  /// A generator of its own for a part of the work (a worker, an epoch), the same for the same part.
  public func stream(_ number: UInt64) -> RandomGenerator {
    var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    withUnsafeMutablePointer(to: &words) {
      $0.withMemoryRebound(to: UInt32.self, capacity: 4) {
        // The top bit keeps derived seeds away from the blocks that ordinary draws use.
        d2l_philox(seed, number | 1 << 63, $0)
      }
    }
    return RandomGenerator(seed: UInt64(words.0) << 32 | UInt64(words.1))
  }
}

extension RandomGenerator: RandomNumberGenerator {
  /// 64 random bits.
  public mutating func next() -> UInt64 {
    var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
    let block = take(blocks: 1)
    withUnsafeMutablePointer(to: &words) {
      $0.withMemoryRebound(to: UInt32.self, capacity: 4) { d2l_philox(seed, block, $0) }
    }
    return UInt64(words.0) << 32 | UInt64(words.1)
  }
}

/// A generator shared by a piece of work: what draws take from when no generator is given.
///
/// ```swift
/// let source = RandomSource(seed: 42)
/// let model = source.scope { LeNet() }   // initialised from seed 42
/// ```
public final class RandomSource: @unchecked Sendable {
  /// The stream; read it to save it, set it to continue from a saved state. Not to be used from two threads at once.
  public var generator: RandomGenerator

  /// A source at the beginning of the stream of `seed`.
  public init(seed: UInt64) { generator = RandomGenerator(seed: seed) }

  @TaskLocal private static var scoped: RandomSource?

  /// Runs `body` with this source as the current one.
  public func scope<Result>(_ body: () throws -> Result) rethrows -> Result {
    try RandomSource.$scoped.withValue(self) { try body() }
  }

  /// The source of the innermost ``scope(_:)``. Outside any, a new one with a seed from the system: unseeded work differs from run to run.
  public static var current: RandomSource {
    scoped ?? RandomSource(seed: UInt64.random(in: .min ... .max))
  }
}

/// Runs `body` with a generator of the given seed as the current one.
public func withRandomSeed<Result>(_ seed: UInt64, _ body: () throws -> Result) rethrows -> Result {
  try RandomSource(seed: seed).scope(body)
}

extension Tensor where Scalar: FloatingScalar {
  /// Numbers uniform on [low, high).
  public init(
    randomUniform shape: Shape, from low: Scalar = 0, to high: Scalar = 1, using generator: inout RandomGenerator
  ) {
    erased = AnyTensor(uninitialized: shape, Scalar.dtype)
    let block = generator.take(blocks: d2l_random_blocks(Scalar.dtype.kernel, Int64(count)))
    d2l_random_uniform(
      Scalar.dtype.kernel, erased.pointer, Int64(count), generator.seed, block, low.asDouble, high.asDouble)
  }

  /// Numbers uniform on [low, high), from the current source.
  public init(randomUniform shape: Shape, from low: Scalar = 0, to high: Scalar = 1) {
    self.init(randomUniform: shape, from: low, to: high, using: &RandomSource.current.generator)
  }

  /// Normally distributed numbers.
  public init(
    randomNormal shape: Shape, mean: Scalar = 0, standardDeviation: Scalar = 1, using generator: inout RandomGenerator
  ) {
    erased = AnyTensor(uninitialized: shape, Scalar.dtype)
    let block = generator.take(blocks: d2l_random_blocks(Scalar.dtype.kernel, Int64(count)))
    d2l_random_normal(
      Scalar.dtype.kernel, erased.pointer, Int64(count), generator.seed, block, mean.asDouble,
      standardDeviation.asDouble)
  }

  /// Normally distributed numbers, from the current source.
  public init(randomNormal shape: Shape, mean: Scalar = 0, standardDeviation: Scalar = 1) {
    self.init(
      randomNormal: shape, mean: mean, standardDeviation: standardDeviation, using: &RandomSource.current.generator)
  }

  /// Elements set to zero with the given probability, the others scaled by 1 / (1 - probability) (Srivastava et al., 2014).
  public func droppedOut(probability: Double, using generator: inout RandomGenerator) -> Tensor {
    require(probability >= 0 && probability <= 1, "dropout", "a probability of \(probability)")
    if probability == 0 { return self }
    let blocks = d2l_random_blocks(D2L_FLOAT, Int64(count))
    return Tensor(erased.droppedOut(probability, seed: generator.seed, block: generator.take(blocks: blocks)))
  }
}

extension AnyTensor {
  fileprivate func droppedOut(_ probability: Double, seed: UInt64, block: UInt64) -> AnyTensor {
    let x = contiguous()
    let result = AnyTensor(uninitialized: shape, dtype)
    d2l_dropout(dtype.kernel, x.pointer, result.pointer, Int64(count), probability, seed, block)
    // The mask is a function of seed and block: drawing it again is cheaper than keeping it.
    return result.recorded("dropout", self) { gradient, node in
      node.send(gradient.droppedOut(probability, seed: seed, block: block), to: 0)
    }
  }
}

extension Tensor where Scalar: NumericScalar & FixedWidthInteger {
  /// Integers uniform on a range.
  public init(randomIntegers shape: Shape, in range: Range<Scalar>, using generator: inout RandomGenerator) {
    require(!range.isEmpty, "Tensor", "random integers of an empty range")
    erased = AnyTensor(uninitialized: shape, Scalar.dtype)
    let block = generator.take(blocks: UInt64(count + 1) / 2)
    d2l_random_integers(
      Scalar.dtype.kernel, erased.pointer, Int64(count), generator.seed, block, Int64(range.lowerBound),
      Int64(range.upperBound))
  }

  /// Integers uniform on a range, from the current source.
  public init(randomIntegers shape: Shape, in range: Range<Scalar>) {
    self.init(randomIntegers: shape, in: range, using: &RandomSource.current.generator)
  }
}

extension RandomGenerator {
  /// The numbers 0 ..< count in random order.
  public mutating func permutation(_ count: Int) -> Tensor<Int64> {
    require(count >= 0, "permutation", "of \(count) numbers")
    let result = AnyTensor(uninitialized: [count], .int64)
    let block = take(blocks: UInt64(count + 1) / 2)
    d2l_random_permutation(result.pointer.assumingMemoryBound(to: Int64.self), Int64(count), seed, block)
    return Tensor<Int64>(result)
  }
}
