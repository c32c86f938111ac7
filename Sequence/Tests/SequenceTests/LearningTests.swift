import D2LCore
import D2LSequence
import D2LTestSupport
import Foundation
import Testing

@Suite struct LearningTests {
  private let text = (0..<600).map { $0 * $0 % 7 }

  private func learner(batch: Int = 4) -> LanguageLearner {
    let model = withRandomSeed(1) { LanguageModel(LanguageModelConfiguration(.lstm, vocabulary: 7, hidden: 16)) }
    return LanguageLearner(model, batchSize: batch)
  }

  @Test func learnsWhatFollowsFromWhatWasBefore() throws {
    let learner = learner()
    let trainer = learner.trainer(
      Adam(learner.model.parameters, learningRate: 0.02),
      training: DataLoader(corpus: text, batchSize: 4, steps: 10, prefetch: 0), seed: 0)
    try trainer.fit(epochs: 12)
    let baseline = unigramScore(of: text, knowing: text, vocabulary: 7).perplexity
    let score = try learner.model.score(of: text)
    #expect(score.tokens == 599)
    #expect(score.perplexity < 1.2)
    #expect(baseline > 3)
  }

  /// The second batch is read from the state behind the first; an evaluation in between changes nothing; after restart all is as at first.
  @Test func stateGoesFromBatchToBatch() {
    let learner = learner()
    func batch(_ number: Int) -> SequenceBatch {
      SequenceBatch(
        inputs: Formula.integers([4, 5], number, in: 0..<7), targets: Formula.integers([4, 5], number + 50, in: 0..<7))
    }
    let alone = withoutGradient { learner.model.loss(batch(1)).loss.item() }
    let state = withoutGradient { learner.model.loss(batch(0)).state }
    let after = withoutGradient { learner.model.loss(batch(1), from: state).loss.item() }
    #expect(alone != after)
    _ = learner(batch(0))
    learner.evaluating { _ = learner(batch(2)) }
    #expect(learner(batch(1)).loss.item() == after)
    learner.restart()
    #expect(learner(batch(1)).loss.item() == alone)
  }

  @Test func evaluationReadsItsOwnTextThrough() {
    let learner = learner()
    let whole = SequenceBatch(
      inputs: Formula.integers([4, 10], 1, in: 0..<7), targets: Formula.integers([4, 10], 2, in: 0..<7))
    func half(_ range: Range<Int>) -> SequenceBatch {
      SequenceBatch(inputs: whole.inputs[.all, range], targets: whole.targets[.all, range])
    }
    let total = withoutGradient { learner.model.loss(whole).loss.item() }
    let parts = learner.evaluating { [half(0..<5), half(5..<10)].map { learner($0).loss.item() } }
    #expect(abs((parts[0] + parts[1]) / 2 - total) < 1e-5)
  }

  /// A run stopped in the middle of an epoch and gone on with in new objects is the run that never stopped, the carried state included.
  @Test func resumingIsNeverStopping() throws {
    let folder = try TemporaryFolder()
    func trainer() -> Trainer<SequenceDataset> {
      let learner = learner()
      return learner.trainer(
        Adam(learner.model.parameters, learningRate: 0.01),
        training: DataLoader(corpus: text, batchSize: 4, steps: 10, prefetch: 0), seed: 0)
    }
    let whole = trainer()
    try whole.fit(epochs: 3)
    let torn = trainer()
    torn.keepLast(at: folder.file("checkpoint.safetensors"))
    torn.shouldStop = { torn.progress.completedEpochs == 1 && torn.progress.completedBatches == 5 }
    try torn.fit(epochs: 3)
    #expect(torn.isInterrupted)
    let resumed = trainer()
    let checkpoint = try Checkpoint(path: folder.file("checkpoint.safetensors"))
    try checkpoint.restore(resumed.model, resumed.optimizer)
    resumed.restore(checkpoint.progress)
    try resumed.fit(epochs: 3)
    #expect(resumed.progress.history.map(\.training) == whole.progress.history.map(\.training))
    for (a, b) in zip(whole.model.parameters, resumed.model.parameters) { #expect(a.value == b.value) }
  }

  /// After warm-up a step takes all its memory from what the steps before gave back, and copies nothing. Where gradients are clipped, one array a layer
  /// is copied, for its two biases have one gradient between them until then (not the GRU's, whose reset gate parts them). In a process of its own,
  /// where nobody else takes memory.
  @Test func aStepTakesNoNewMemory() async {
    let process = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      for kind in RecurrentKind.allCases {
        for (norm, name) in [(1e9, "free"), (1e-3, "clipped")] {
          let model = LanguageModel(
            LanguageModelConfiguration(kind, vocabulary: 7, embedding: 5, hidden: 16, layers: 2))
          let learner = LanguageLearner(model, batchSize: 4)
          let optimizer = Adam(model.parameters, learningRate: 0.01)
          let batch = SequenceBatch(
            inputs: Formula.integers([4, 10], 1, in: 0..<7), targets: Formula.integers([4, 10], 2, in: 0..<7))
          func step() {
            optimizer.zeroGradients()
            learner(batch).loss.backward()
            clipGradients(of: optimizer.parameters, toNorm: norm)
            optimizer.step()
          }
          for _ in 0..<5 { step() }
          let (before, copiesBefore) = (Engine.memory, TensorStatistics.copiesOnWrite)
          for _ in 0..<50 { step() }
          let (after, copies) = (Engine.memory, TensorStatistics.copiesOnWrite - copiesBefore)
          let held = after.inUse - before.inUse
          let taken = held + after.cached - before.cached
          let line = "\(kind), \(name): \(held) bytes more held, \(taken) taken, \(copies) copies in 50 steps\n"
          FileHandle.standardError.write(Data(line.utf8))
        }
      }
    }
    let figures = String(decoding: process?.standardErrorContent ?? [], as: UTF8.self)
    for kind in RecurrentKind.allCases {
      for (name, copies) in [("free", 0), ("clipped", kind == .gru ? 0 : 100)] {
        let expected = "\(kind), \(name): 0 bytes more held, 0 taken, \(copies) copies in 50 steps"
        #expect(figures.contains(expected), "\(figures)")
      }
    }
  }
}

@Suite struct ScoreTests {
  private let model = withRandomSeed(2) {
    LanguageModel(LanguageModelConfiguration(.gru, vocabulary: 9, embedding: 5, hidden: 8, dropout: 0.5))
  }
  private let tokens = Formula.integers([101], 4, in: 0..<9).values.map { Int($0) }

  @Test func everyTokenButTheFirstCounts() throws {
    let inputs = Tensor(tokens.dropLast().map { Int64($0) }).reshaped([1, 100])
    let targets = Tensor(tokens.dropFirst().map { Int64($0) }).reshaped([1, 100])
    let expected = model.evaluating { model.loss(SequenceBatch(inputs: inputs, targets: targets)).loss.item() }
    for steps in [1, 7, 100, 1000] {
      let score = try model.score(of: tokens, steps: steps)
      #expect(score.tokens == 100)
      #expect(abs(score.loss - Double(expected)) < 1e-5)
      #expect(abs(score.perplexity - exp(score.loss)) < 1e-12)
    }
    let side = try model.score(of: tokens, streams: 7, steps: 5)
    #expect(side.tokens == 100)
    #expect(abs(side.loss - Double(expected)) < 0.2)
  }

  @Test func tooShortTexts() {
    let empty = #expect(throws: SequenceError.self) { try model.score(of: []) }
    #expect(empty?.description.contains("the text is empty") == true)
    let one = #expect(throws: SequenceError.self) { try model.score(of: [1]) }
    #expect(one?.description.contains("1 token") == true)
  }

  @Test func unigrams() {
    let score = unigramScore(of: [0, 0, 1], knowing: [0, 0, 1], vocabulary: 3)
    // Laplace: (2 + 1) / 6, (1 + 1) / 6.
    #expect(abs(score.loss + (2 * log(0.5) + log(1.0 / 3)) / 3) < 1e-12)
  }
}
