import D2LOptim
import D2LTensor

/// What one epoch came to.
public struct EpochReport: Sendable, Hashable, Codable {
  /// 1 for the first.
  public let epoch: Int
  /// Averages over the training examples, as they were met.
  public let training: Tally
  /// Averages over the validation examples after the epoch, if there are any.
  public let validation: Tally?
  /// Seconds of training, evaluation not counted.
  public let seconds: Double

  /// A report of an epoch.
  public init(epoch: Int, training: Tally, validation: Tally?, seconds: Double) {
    self.epoch = epoch
    self.training = training
    self.validation = validation
    self.seconds = seconds
  }

  /// Training examples per second.
  public var examplesPerSecond: Double { seconds > 0 ? Double(training.count) / seconds : 0 }
}

/// Where a training run stands: all that is needed, beside weights and optimizer, to go on as if it had never stopped.
public struct TrainingProgress: Sendable, Hashable, Codable {
  /// Epochs that are complete.
  public internal(set) var completedEpochs = 0
  /// Batches done of the epoch under way.
  public internal(set) var completedBatches = 0
  /// Counted so far in the epoch under way.
  public internal(set) var tally = Tally()
  /// Seconds of training in the epoch under way.
  public internal(set) var seconds = 0.0
  /// The complete epochs.
  public internal(set) var history: [EpochReport] = []
  /// Batches whose gradients are gathered and not yet used: there are some only where the trainer accumulates.
  public internal(set) var gatheredBatches = 0
  /// Where the learning rate's schedule stands, if there is one.
  public internal(set) var schedule: SchedulerState?
  /// The random stream as it stands.
  public internal(set) var generator: RandomGenerator

  /// The beginning of a run that draws from `generator`.
  public init(generator: RandomGenerator) { self.generator = generator }

  /// Steps taken in all, with `batchCount` batches an epoch.
  public func steps(batchCount: Int) -> Int { completedEpochs * batchCount + completedBatches }
}

/// What happens in training, in the order it happens.
public enum TrainingEvent: Sendable {
  /// Training starts, or goes on from a checkpoint.
  case started(TrainingProgress, epochs: Int, batches: Int)
  /// A batch has been learned from; the tally is that of the epoch so far.
  case stepFinished(TrainingProgress)
  /// An epoch is complete, validation included.
  case epochFinished(EpochReport)
  /// Training stops before its end, at a point from which it can go on.
  case interrupted(TrainingProgress)
  /// All epochs are done.
  case finished([EpochReport])
}
