import D2LCore

/// A language model in training: it keeps the state behind each batch for the next one, which goes on where that one ended (book 8.5).
///
/// The state is cut off from what led to it, so that gradients reach back through one batch: truncated backpropagation through time. It is
/// a buffer, saved with a checkpoint; a run that goes on in the middle of an epoch goes on with the text it had read.
public final class LanguageLearner: ModeDependent {
  /// What learns.
  public let model: any AutoregressiveModel
  /// Whether batches go on where the last ones ended: false for pieces in random order.
  public let carriesState: Bool
  private let hidden: Buffer<Float>
  private let cell: Buffer<Float>?
  private var evaluated: RecurrentState?
  /// Whether it learns; an evaluation reads its text from the zero state.
  public var isTraining = true { didSet { evaluated = nil } }

  /// A learner of batches of a fixed size.
  public init(_ model: any AutoregressiveModel, batchSize: Int, carriesState: Bool = true) {
    self.model = model
    self.carriesState = carriesState
    let zero = model.zeroState(batch: batchSize)
    hidden = Buffer(zero.hidden)
    cell = zero.cell.map { Buffer($0) }
  }

  /// Forgets the text read so far: at the end of an epoch.
  public func restart() {
    hidden.value = Tensor(zeros: hidden.value.shape)
    if let cell { cell.value = Tensor(zeros: cell.value.shape) }
  }

  /// The loss of a batch per token; it is counted in tokens.
  public func callAsFunction(_ batch: SequenceBatch) -> StepOutcome {
    let (loss, next) = model.loss(batch, from: state)
    if carriesState { state = next.detached() }
    let total = Double(loss.item()) * Double(batch.tokenCount)
    return StepOutcome(loss: loss, tally: Tally(count: batch.tokenCount, sums: ["loss": total]))
  }

  private var state: RecurrentState? {
    get {
      if !carriesState { return nil }
      return isTraining ? RecurrentState(hidden: hidden.value, cell: cell?.value) : evaluated
    }
    set {
      guard let newValue else { return }
      if isTraining {
        hidden.value = newValue.hidden
        if let part = newValue.cell { cell?.value = part }
      } else {
        evaluated = newValue
      }
    }
  }

  /// The training loop: gradients clipped to a common norm, the state forgotten at the end of each epoch.
  public func trainer(
    _ optimizer: Optimizer, training: DataLoader<SequenceDataset>, validation: DataLoader<SequenceDataset>? = nil,
    clippingNorm: Double = 1, seed: UInt64
  ) -> Trainer<SequenceDataset> {
    let trainer = Trainer(self, optimizer, training: training, validation: validation, seed: seed) { self($0) }
    let parameters = optimizer.parameters
    trainer.beforeUpdate = { clipGradients(of: parameters, toNorm: clippingNorm) }
    trainer.listeners.append { event in
      if case .epochFinished = event { self.restart() }
    }
    return trainer
  }
}
