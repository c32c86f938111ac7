import D2LData
import D2LLayers
import D2LOptim
import D2LTensor

/// What a step on one batch found out.
public struct StepOutcome {
  /// The number whose gradient is followed.
  public let loss: Tensor<Float>
  /// What is to be counted.
  public let tally: Tally

  /// A loss and what is to be counted.
  public init(loss: Tensor<Float>, tally: Tally) {
    self.loss = loss
    self.tally = tally
  }
}

/// The training loop: batches in, events out.
///
/// Progress bars, records and checkpoints are listeners; the loop itself only learns.
///
/// ```swift
/// let trainer = Trainer(net, optimizer, training: loader, validation: testLoader, seed: 1) { batch in
///   let logits = net(batch.inputs)
///   let loss = crossEntropy(logits, batch.labels)
///   return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
/// }
/// let history = try trainer.fit(epochs: 10)
/// ```
public final class Trainer<Source: Dataset> {
  /// What is trained.
  public let model: any Module
  /// What updates it.
  public let optimizer: Optimizer
  /// Where the run stands.
  public private(set) var progress: TrainingProgress
  /// Called with every event, in order of addition; what a listener throws ends the training.
  public var listeners: [(TrainingEvent) throws -> Void] = []
  /// Asked after every step; true ends training with ``TrainingEvent/interrupted(_:)``.
  public var shouldStop: () -> Bool = { false }
  /// Called with the gradients gathered, before the optimizer's step: for clipping.
  public var beforeUpdate: () -> Void = {}

  private let training: DataLoader<Source>
  private let validation: DataLoader<Source>?
  private let step: (Source.Batch) throws -> StepOutcome
  private let source: RandomSource

  /// A run from its beginning. `seed` begins the random stream that dropout and the like draw from; `step` computes the loss of a batch, in
  /// training and in validation.
  public init(
    _ model: any Module, _ optimizer: Optimizer, training: DataLoader<Source>, validation: DataLoader<Source>? = nil,
    seed: UInt64, step: @escaping (Source.Batch) throws -> StepOutcome
  ) {
    self.model = model
    self.optimizer = optimizer
    self.training = training
    self.validation = validation
    self.step = step
    source = RandomSource(seed: seed)
    progress = TrainingProgress(generator: source.generator)
  }

  /// Batches an epoch has.
  public var batchCount: Int { training.batchCount }

  /// Goes on from a saved state; weights and optimizer have been restored already.
  public func restore(_ progress: TrainingProgress) {
    self.progress = progress
    source.generator = progress.generator
  }

  /// Trains until `epochs` epochs are complete or ``shouldStop`` says so, and returns the complete ones.
  @discardableResult
  public func fit(epochs: Int) throws -> [EpochReport] {
    try emit(.started(progress, epochs: epochs, batches: batchCount))
    while progress.completedEpochs < epochs {
      guard try trainEpoch() else {
        try emit(.interrupted(progress))
        return progress.history
      }
      let validation = try validation.map { try evaluate($0) }
      try complete(validation)
    }
    try emit(.finished(progress.history))
    return progress.history
  }

  /// Averages over a loader's examples in evaluation mode, nothing recorded.
  public func evaluate(_ loader: DataLoader<Source>) throws -> Tally {
    try model.evaluating {
      var tally = Tally()
      let batches = loader.batches()
      while let batch = try batches.next() { tally += try step(batch).tally }
      return tally
    }
  }

  /// Learns from the batches that are left of an epoch; false if it was stopped before the last.
  private func trainEpoch() throws -> Bool {
    model.train()
    let batches = training.batches(epoch: progress.completedEpochs, from: progress.completedBatches)
    let clock = ContinuousClock()
    var last = clock.now
    while let batch = try batches.next() {
      optimizer.zeroGradients()
      let outcome = try source.scope { try step(batch) }
      outcome.loss.backward()
      beforeUpdate()
      optimizer.step()
      let now = clock.now
      progress.seconds += (now - last).seconds
      last = now
      progress.tally += outcome.tally
      progress.completedBatches += 1
      progress.generator = source.generator
      try emit(.stepFinished(progress))
      if shouldStop() && progress.completedBatches < batchCount { return false }
    }
    return true
  }

  private func complete(_ validation: Tally?) throws {
    let report = EpochReport(
      epoch: progress.completedEpochs + 1, training: progress.tally, validation: validation, seconds: progress.seconds)
    progress.history.append(report)
    progress.completedEpochs += 1
    progress.completedBatches = 0
    progress.tally = Tally()
    progress.seconds = 0
    optimizer.zeroGradients()
    try emit(.epochFinished(report))
  }

  private func emit(_ event: TrainingEvent) throws {
    for listener in listeners { try listener(event) }
  }
}

extension Duration {
  /// The duration in seconds.
  public var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }
}
