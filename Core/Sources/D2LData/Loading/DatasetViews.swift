import D2LTensor

/// Batches whose examples can be put together and picked out: what a ``ConcatDataset`` needs.
public protocol CombinableBatch: Sendable {
  /// The examples of all parts, one part behind the other.
  static func combined(_ parts: [Self]) -> Self
  /// The examples at the given positions.
  func selecting(_ positions: [Int]) -> Self
}

extension LabeledBatch: CombinableBatch {
  /// The examples of all parts, one part behind the other.
  public static func combined(_ parts: [LabeledBatch]) -> LabeledBatch {
    LabeledBatch(
      inputs: Tensor(concatenating: parts.map(\.inputs)), labels: Tensor(concatenating: parts.map(\.labels)))
  }

  /// The examples at the given positions.
  public func selecting(_ positions: [Int]) -> LabeledBatch {
    let index = Tensor<Int64>(positions.map { Int64($0) })
    return LabeledBatch(inputs: inputs.taking(index), labels: labels.taking(index))
  }
}

extension RegressionBatch: CombinableBatch {
  /// The examples of all parts, one part behind the other.
  public static func combined(_ parts: [RegressionBatch]) -> RegressionBatch {
    RegressionBatch(
      inputs: Tensor(concatenating: parts.map(\.inputs)), targets: Tensor(concatenating: parts.map(\.targets)))
  }

  /// The examples at the given positions.
  public func selecting(_ positions: [Int]) -> RegressionBatch {
    let index = Tensor<Int64>(positions.map { Int64($0) })
    return RegressionBatch(inputs: inputs.taking(index), targets: targets.taking(index))
  }
}

/// Some of a dataset's examples, in an order of their own.
public struct Subset<Base: Dataset>: Dataset {
  /// Where the examples are from.
  public let base: Base
  /// Their numbers there.
  public let numbers: [Int]

  /// The examples of the given numbers.
  public init(_ base: Base, _ numbers: [Int]) {
    if let wrong = numbers.first(where: { $0 < 0 || $0 >= base.count }) {
      fail("Subset", "example \(wrong) of a dataset of \(base.count)")
    }
    self.base = base
    self.numbers = numbers
  }

  /// How many examples there are.
  public var count: Int { numbers.count }

  /// The examples of the given numbers together.
  public func batch(_ numbers: [Int], using generator: inout RandomGenerator) throws -> Base.Batch {
    try base.batch(numbers.map { self.numbers[$0] }, using: &generator)
  }
}

/// Datasets of one kind, one behind the other.
public struct ConcatDataset<Base: Dataset>: Dataset where Base.Batch: CombinableBatch {
  private let parts: [Base]
  private let starts: [Int]
  /// How many examples there are.
  public let count: Int

  /// The examples of all parts, numbered through.
  public init(_ parts: [Base]) {
    self.parts = parts
    var starts: [Int] = []
    var total = 0
    for part in parts {
      starts.append(total)
      total += part.count
    }
    self.starts = starts
    count = total
  }

  /// The examples of the given numbers together.
  public func batch(_ numbers: [Int], using generator: inout RandomGenerator) throws -> Base.Batch {
    // Each part is asked once; then its examples go to where they were asked for.
    var wanted = [[Int]](repeating: [], count: parts.count)
    var places = wanted
    for (place, number) in numbers.enumerated() {
      let part = partIndex(of: number)
      wanted[part].append(number - starts[part])
      places[part].append(place)
    }
    var batches: [Base.Batch] = []
    var gathered: [Int] = []
    for part in parts.indices where !wanted[part].isEmpty {
      batches.append(try parts[part].batch(wanted[part], using: &generator))
      gathered += places[part]
    }
    if batches.count == 1 { return batches[0] }
    var positions = [Int](repeating: 0, count: gathered.count)
    for (position, place) in gathered.enumerated() { positions[place] = position }
    return .combined(batches).selecting(positions)
  }

  private func partIndex(of number: Int) -> Int {
    require(number >= 0 && number < count, "ConcatDataset", "example \(number) of \(count)")
    return starts.lastIndex { $0 <= number } ?? 0
  }
}

/// A dataset whose batches are changed on their way out: augmentation, normalisation, another form.
public struct MappedDataset<Base: Dataset, Batch: Sendable>: Dataset {
  /// Where the examples are from.
  public let base: Base
  private let transform: @Sendable (Base.Batch, inout RandomGenerator) throws -> Batch

  /// Every batch of `base` as `transform` makes it; its generator depends on epoch and batch alone.
  public init(_ base: Base, _ transform: @escaping @Sendable (Base.Batch, inout RandomGenerator) throws -> Batch) {
    self.base = base
    self.transform = transform
  }

  /// How many examples there are.
  public var count: Int { base.count }

  /// The examples of the given numbers together.
  public func batch(_ numbers: [Int], using generator: inout RandomGenerator) throws -> Batch {
    let batch = try base.batch(numbers, using: &generator)
    return try transform(batch, &generator)
  }
}

extension Dataset {
  /// The same examples, every batch changed by `transform`.
  public func mapped<NewBatch: Sendable>(
    _ transform: @escaping @Sendable (Batch) throws -> NewBatch
  ) -> MappedDataset<Self, NewBatch> {
    MappedDataset(self) { batch, _ in try transform(batch) }
  }

  /// The examples of the given numbers.
  public func subset(_ numbers: some Sequence<Int>) -> Subset<Self> { Subset(self, Array(numbers)) }

  /// Parts of the given sizes, drawn at random; together they are all examples.
  public func randomSplit(_ sizes: [Int], seed: UInt64) -> [Subset<Self>] {
    require(
      sizes.allSatisfy { $0 >= 0 } && sizes.reduce(0, +) == count, "randomSplit",
      "parts of \(sizes) for \(count) examples")
    var generator = RandomGenerator(seed: seed)
    let order = RandomSampler(count: count).order(using: &generator)
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return Subset(self, Array(order[start..<start + size]))
    }
  }

  /// The k pairs of k-fold cross-validation (book 4.10): fold i is validated on the i-th of k equal runs of examples and trained on the rest. What
  /// does not divide evenly is spread over the first folds; with a seed the examples are shuffled before they are cut.
  public func folds(_ k: Int, seed: UInt64? = nil) -> [(training: Subset<Self>, validation: Subset<Self>)] {
    require(k > 1 && k <= count, "folds", "\(k) folds of \(count) examples")
    var order = Array(0..<count)
    if let seed {
      var generator = RandomGenerator(seed: seed)
      order = RandomSampler(count: count).order(using: &generator)
    }
    var start = 0
    return (0..<k).map { fold in
      let end = start + count / k + (fold < count % k ? 1 : 0)
      defer { start = end }
      return (Subset(self, Array(order[..<start] + order[end...])), Subset(self, Array(order[start..<end])))
    }
  }
}
