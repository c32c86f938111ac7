import D2LTensor

/// Pieces of a text with what follows each token.
public struct SequenceBatch: Sendable, Equatable {
  /// Token numbers, `[batch, steps]`.
  public let inputs: Tensor<Int64>
  /// The same moved on by one, `[batch, steps]`.
  public let targets: Tensor<Int64>

  /// A batch of pieces with as many targets.
  public init(inputs: Tensor<Int64>, targets: Tensor<Int64>) {
    require(inputs.shape == targets.shape, "SequenceBatch", "inputs \(inputs.shape), targets \(targets.shape)")
    self.inputs = inputs
    self.targets = targets
  }

  /// How many tokens are to be predicted.
  public var tokenCount: Int { targets.count }
}

/// All pieces of `steps` tokens in a text: example i begins at token i. Which of them an epoch has is a sampler's business:
/// ``RandomWindows`` or ``ConsecutiveWindows`` (book 8.3).
public struct SequenceDataset: Dataset {
  /// The text as token numbers.
  public let corpus: [Int]
  /// How many tokens a piece has.
  public let steps: Int

  /// The pieces of a text.
  public init(_ corpus: [Int], steps: Int) {
    require(steps > 0, "SequenceDataset", "pieces of \(steps) tokens")
    self.corpus = corpus
    self.steps = steps
  }

  /// How many examples there are.
  public var count: Int { Swift.max(0, corpus.count - steps) }

  /// The examples of the given numbers together.
  public func batch(_ numbers: [Int], using generator: inout RandomGenerator) -> SequenceBatch {
    func pieces(movedBy shift: Int) -> Tensor<Int64> {
      Tensor(shape: [numbers.count, steps]) { buffer in
        for (row, start) in numbers.enumerated() {
          require(start >= 0 && start < count, "SequenceDataset", "piece \(start) of \(count)")
          for step in 0..<steps { buffer[row * steps + step] = Int64(corpus[start + step + shift]) }
        }
      }
    }
    return SequenceBatch(inputs: pieces(movedBy: 0), targets: pieces(movedBy: 1))
  }
}

/// Pieces that do not overlap, in random order, cut from a random offset of 0 ..< steps (the book's random sampling).
public struct RandomWindows: Sampler {
  /// How many examples there are.
  public let count: Int
  private let tokens, steps, batchSize: Int

  /// Pieces of a text of `tokens` tokens. Only full batches; where their number depends on the offset, it is that of the worst.
  public init(tokens: Int, steps: Int, batchSize: Int) {
    require(steps > 0 && batchSize > 0, "RandomWindows", "\(batchSize) pieces of \(steps) tokens")
    self.tokens = tokens
    self.steps = steps
    self.batchSize = batchSize
    count = RandomWindows.batches(tokens, steps, batchSize, offset: steps - 1) * batchSize
  }

  private static func batches(_ tokens: Int, _ steps: Int, _ batchSize: Int, offset: Int) -> Int {
    Swift.max(0, (tokens - offset - 1) / steps) / batchSize
  }

  /// The numbers of an epoch's examples in order.
  public func order(using generator: inout RandomGenerator) -> [Int] {
    let offset = generator.nextInteger(below: steps)
    return Array(order(offset: offset, using: &generator).prefix(count))
  }

  /// The beginnings of all pieces from the given offset on that fill whole batches, in random order.
  public func order(offset: Int, using generator: inout RandomGenerator) -> [Int] {
    let pieces = Swift.max(0, (tokens - offset - 1) / steps)
    let order = generator.permutation(pieces).values.map { offset + Int($0) * steps }
    return Array(order.prefix(RandomWindows.batches(tokens, steps, batchSize, offset: offset) * batchSize))
  }
}

/// Pieces of which each row of a batch goes on where the same row of the batch before ended, from a random offset of 0 ... steps: for models that carry
/// their state from batch to batch (the book's sequential partitioning).
public struct ConsecutiveWindows: Sampler {
  /// How many examples there are.
  public let count: Int
  private let tokens, steps, batchSize: Int

  /// Pieces of a text of `tokens` tokens; the loader must have the same batch size. Only full batches; where their number depends on the
  /// offset, it is that of the worst.
  public init(tokens: Int, steps: Int, batchSize: Int) {
    require(steps > 0 && batchSize > 0, "ConsecutiveWindows", "\(batchSize) pieces of \(steps) tokens")
    self.tokens = tokens
    self.steps = steps
    self.batchSize = batchSize
    count = Swift.max(0, (tokens - steps - 1) / batchSize) / steps * batchSize
  }

  /// The numbers of an epoch's examples in order.
  public func order(using generator: inout RandomGenerator) -> [Int] {
    Array(order(offset: generator.nextInteger(below: steps + 1)).prefix(count))
  }

  /// The beginnings of all pieces from the given offset on, batch behind batch.
  public func order(offset: Int) -> [Int] {
    let columns = Swift.max(0, (tokens - offset - 1) / batchSize)
    return (0..<columns / steps).flatMap { batch in
      (0..<batchSize).map { row in offset + row * columns + batch * steps }
    }
  }
}

extension DataLoader where Source == SequenceDataset {
  /// Batches `[batchSize, steps]` of a text, its pieces in random order or each batch continuing the one before (book 8.3).
  public convenience init(
    corpus: [Int], batchSize: Int, steps: Int, randomly: Bool = false, seed: UInt64 = 0, prefetch: Int = 2
  ) {
    let sampler: any Sampler =
      randomly
      ? RandomWindows(tokens: corpus.count, steps: steps, batchSize: batchSize)
      : ConsecutiveWindows(tokens: corpus.count, steps: steps, batchSize: batchSize)
    self.init(
      SequenceDataset(corpus, steps: steps), batchSize: batchSize, sampler: sampler, seed: seed, prefetch: prefetch)
  }
}
