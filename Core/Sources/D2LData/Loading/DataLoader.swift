import D2LTensor
import Foundation

/// Batches of a dataset, epoch after epoch, made ahead on other threads.
///
/// The order of examples is a function of seed and epoch, and the batches come in that order however many threads make them: a run can
/// be repeated, and continued from any batch.
public final class DataLoader<Source: Dataset> {
  /// Where the examples come from.
  public let dataset: Source
  /// How many examples a batch has; the last one of an epoch may have fewer.
  public let batchSize: Int
  /// What decides the order of an epoch.
  public let sampler: any Sampler
  /// Whether a last batch that is not full is left out.
  public let dropsLast: Bool
  /// How many batches are made ahead; 0 makes each when it is asked for, in the caller's thread.
  public let prefetch: Int
  /// How many threads make batches.
  public let workers: Int
  private let generator: RandomGenerator

  /// A loader; with `shuffled`, examples come in a new random order each epoch, which `seed` decides.
  public convenience init(
    _ dataset: Source, batchSize: Int, shuffled: Bool = false, seed: UInt64 = 0, droppingLast: Bool = false,
    prefetch: Int = 2, workers: Int = 1
  ) {
    let sampler: any Sampler =
      shuffled ? RandomSampler(count: dataset.count) : SequentialSampler(count: dataset.count)
    self.init(
      dataset, batchSize: batchSize, sampler: sampler, seed: seed, droppingLast: droppingLast, prefetch: prefetch,
      workers: workers)
  }

  /// A loader of the examples that `sampler` chooses; `seed` decides what is random in it.
  public init(
    _ dataset: Source, batchSize: Int, sampler: any Sampler, seed: UInt64 = 0, droppingLast: Bool = false,
    prefetch: Int = 2, workers: Int = 1
  ) {
    require(batchSize > 0, "DataLoader", "a batch size of \(batchSize)")
    require(prefetch >= 0 && workers > 0, "DataLoader", "\(prefetch) batches ahead on \(workers) threads")
    self.dataset = dataset
    self.batchSize = batchSize
    self.sampler = sampler
    dropsLast = droppingLast
    self.prefetch = prefetch
    self.workers = workers
    generator = RandomGenerator(seed: seed)
  }

  /// How many batches an epoch has.
  public var batchCount: Int {
    dropsLast ? sampler.count / batchSize : (sampler.count + batchSize - 1) / batchSize
  }

  /// The batches of one epoch from the given one on.
  public func batches(epoch: Int = 0, from first: Int = 0) -> BatchIterator<Source> {
    require(epoch >= 0 && first >= 0, "DataLoader", "epoch \(epoch), batch \(first)")
    var stream = generator.stream(UInt64(epoch))
    let order = sampler.order(using: &stream)
    require(order.count == sampler.count, "DataLoader", "a sampler of \(sampler.count) that gives \(order.count)")
    let batches = stride(from: 0, to: batchCount * batchSize, by: batchSize).map { start in
      Array(order[start..<Swift.min(start + batchSize, order.count)])
    }
    return BatchIterator(
      dataset, batches: batches, from: first, generator: generator.stream(UInt64(epoch)), prefetch: prefetch,
      workers: workers)
  }
}

/// The batches of one epoch in order.
public final class BatchIterator<Source: Dataset> {
  private let shared: SharedBatches<Source>
  private var position: Int
  private let isThreaded: Bool

  init(
    _ dataset: Source, batches: [[Int]], from first: Int, generator: RandomGenerator, prefetch: Int, workers: Int
  ) {
    shared = SharedBatches(dataset, batches, generator, first: first, capacity: Swift.max(prefetch, 1))
    position = first
    isThreaded = prefetch > 0 && first < batches.count
    if isThreaded {
      for _ in 0..<Swift.min(workers, batches.count - first) {
        let shared = shared
        let thread = Thread { shared.work() }
        thread.name = "d2l data"
        thread.start()
      }
    }
  }

  deinit { shared.stop() }

  /// The next batch, nil behind the last. Throws what the dataset throws.
  public func next() throws -> Source.Batch? {
    guard position < shared.batches.count else { return nil }
    defer { position += 1 }
    return try profiled(.data, "batch") {
      try isThreaded ? shared.take(position).get() : shared.make(position).get()
    }
  }
}

/// What the threads of one epoch share: finished batches wait here until their turn.
private final class SharedBatches<Source: Dataset>: @unchecked Sendable {
  let batches: [[Int]]
  private let dataset: Source
  private let generator: RandomGenerator
  private let capacity: Int
  private let condition = NSCondition()
  // Guarded by the condition.
  private var finished: [Int: Result<Source.Batch, any Error>] = [:]
  private var nextToMake: Int
  private var nextToTake: Int
  private var isStopped = false

  init(_ dataset: Source, _ batches: [[Int]], _ generator: RandomGenerator, first: Int, capacity: Int) {
    self.dataset = dataset
    self.batches = batches
    self.generator = generator
    self.capacity = capacity
    nextToMake = first
    nextToTake = first
  }

  func make(_ number: Int) -> Result<Source.Batch, any Error> {
    var stream = generator.stream(UInt64(number))
    return Result { try dataset.batch(batches[number], using: &stream) }
  }

  func work() {
    while let number = claim() {
      let batch = make(number)
      condition.lock()
      finished[number] = batch
      condition.broadcast()
      condition.unlock()
    }
  }

  private func claim() -> Int? {
    condition.lock()
    defer { condition.unlock() }
    while !isStopped && nextToMake < batches.count && nextToMake >= nextToTake + capacity { condition.wait() }
    guard !isStopped && nextToMake < batches.count else { return nil }
    defer { nextToMake += 1 }
    return nextToMake
  }

  func take(_ number: Int) -> Result<Source.Batch, any Error> {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let batch = finished.removeValue(forKey: number) {
        nextToTake = number + 1
        condition.broadcast()
        return batch
      }
      condition.wait()
    }
  }

  func stop() {
    condition.lock()
    isStopped = true
    condition.broadcast()
    condition.unlock()
  }
}
