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
/// Progress bars, records and checkpoints are listeners; the loop itself only learns. A run that goes on from a checkpoint ends with the same bits as
/// one that never stopped.
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

  /// How many batches are gathered for one update: their mean gradient is followed, as if they were one batch. What is left at the end of an epoch
  /// is an update of its own.
  public let accumulatedBatches: Int
  /// What moves the learning rates, per update or per epoch; set it before training or before ``restore(_:)``. For an epoch's metric
  /// it is given what ``criterion`` picks, for a batch's the loss.
  public var scheduler: (any LearningRateScheduler)?
  /// The number of an epoch that a scheduler hears of.
  public var criterion = EpochCriterion()
  /// When training ends before its last epoch, if ever.
  public var stopping: EarlyStopping?
  /// Whether the last ``fit(epochs:)`` was ended by ``shouldStop``.
  public private(set) var isInterrupted = false

  private let training: DataLoader<Source>
  private let validation: DataLoader<Source>?
  private let step: (Source.Batch) throws -> StepOutcome
  private let source: RandomSource

  /// A run from its beginning; `accumulating` batches make an update. `seed` begins the random stream that dropout and the like draw from; `step` computes the loss of a batch, in
  /// training and in validation.
  public init(
    _ model: any Module, _ optimizer: Optimizer, training: DataLoader<Source>, validation: DataLoader<Source>? = nil,
    seed: UInt64, accumulating accumulatedBatches: Int = 1, step: @escaping (Source.Batch) throws -> StepOutcome
  ) {
    require(accumulatedBatches > 0, "Trainer", "an update of \(accumulatedBatches) batches")
    self.model = model
    self.optimizer = optimizer
    self.accumulatedBatches = accumulatedBatches
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
    if let scheduler, let state = progress.schedule { scheduler.state = state }
  }

  /// Trains until `epochs` epochs are complete, ``stopping`` or ``shouldStop`` says so, and returns the complete ones.
  @discardableResult
  public func fit(epochs: Int) throws -> [EpochReport] {
    isInterrupted = false
    try emit(.started(progress, epochs: epochs, batches: batchCount))
    while progress.completedEpochs < epochs && stopping?.isOver(progress.history) != true {
      guard try trainEpoch() else {
        isInterrupted = true
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
      let outcome = try learn(from: batch)
      let now = clock.now
      progress.seconds += (now - last).seconds
      last = now
      progress.tally += outcome.tally
      progress.completedBatches += 1
      progress.generator = source.generator
      progress.schedule = scheduler?.state
      try emit(.stepFinished(progress))
      if shouldStop() && progress.completedBatches < batchCount { return false }
    }
    return true
  }

  /// Gathers the gradients of a batch, and updates the weights if it is the last of its group.
  private func learn(from batch: Source.Batch) throws -> StepOutcome {
    if progress.gatheredBatches == 0 { optimizer.zeroGradients() }
    let outcome = try source.scope { try step(batch) }
    let first = progress.completedBatches - progress.gatheredBatches
    let size = Swift.min(accumulatedBatches, batchCount - first)
    if size == 1 { outcome.loss.backward() } else { (outcome.loss / Float(size)).backward() }
    progress.gatheredBatches += 1
    if progress.gatheredBatches >= size {
      progress.gatheredBatches = 0
      beforeUpdate()
      optimizer.step()
      if let scheduler, scheduler.unit == .batch { scheduler.advance(metric: Double(outcome.loss.item())) }
    }
    return outcome
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
    if let scheduler, scheduler.unit == .epoch { scheduler.advance(metric: criterion.value(of: report)) }
    progress.schedule = scheduler?.state
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
