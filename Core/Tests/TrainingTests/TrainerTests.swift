import D2LData
import D2LFiles
import D2LLayers
import D2LOptim
import D2LTensor
import D2LTestSupport
import D2LTraining
import D2LWeights
import Foundation
import Testing

/// A small network with dropout, an optimizer with momentum and a schedule, on 22 examples in batches of 4: six batches an epoch.
private struct Run {
  enum Plan: String, CaseIterable, Sendable {
    case momentum, schedulePerBatch, schedulePerEpoch, plateau, accumulation, accumulatedAdam
  }

  let model: Sequential
  let trainer: Trainer<TensorDataset>
  var optimizer: Optimizer { trainer.optimizer }

  init(_ plan: Plan, seed: UInt64 = 1, stoppingAfter batches: Int? = nil) {
    let model = withRandomSeed(seed) { Sequential([Linear(3, 8), ReLU(), Dropout(0.4), Linear(8, 2)]) }
    let data = TensorDataset(inputs: Formula.uniform([22, 3], 1), labels: Formula.integers([22], 2, in: 0..<2))
    let optimizer: Optimizer =
      plan == .accumulatedAdam
      ? Adam(model.parameters, learningRate: 0.05) : SGD(model.parameters, learningRate: 0.2, momentum: 0.9)
    let isAccumulated = plan == .accumulation || plan == .accumulatedAdam
    trainer = Trainer(
      model, optimizer, training: DataLoader(data, batchSize: 4, shuffled: true, seed: seed),
      validation: DataLoader(data, batchSize: 8), seed: seed, accumulating: isAccumulated ? 4 : 1
    ) { batch in
      let logits = model(batch.inputs)
      let loss = crossEntropy(logits, batch.labels)
      return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
    }
    switch plan {
    case .schedulePerBatch, .accumulatedAdam:
      trainer.scheduler = ScheduledRate(CosineSchedule(steps: 9, warmupSteps: 2), of: optimizer, per: .batch)
    case .schedulePerEpoch:
      trainer.scheduler = ScheduledRate(StepSchedule(size: 1, gamma: 0.5), of: optimizer, per: .epoch)
    case .plateau:
      trainer.scheduler = ReduceOnPlateau(of: optimizer, factor: 0.5, patience: 0, threshold: .absolute(0.5))
    default: break
    }
    if let batches {
      var done = 0
      trainer.shouldStop = {
        done += 1
        return done == batches
      }
    }
    self.model = model
  }

  var weights: [[Float]] { model.parameters.map(\.value.values) }
  var rate: Double { optimizer.learningRate }
  var losses: [Double?] { trainer.progress.history.flatMap { [$0.training["loss"], $0.validation?["loss"]] } }

  func save(to path: String) throws {
    try Checkpoint.save(model, optimizer, trainer.progress, settings: ["a": "b"], to: path)
  }

  func restore(from path: String) throws {
    let checkpoint = try Checkpoint(path: path)
    try checkpoint.restore(model, optimizer)
    trainer.restore(checkpoint.progress)
  }
}

private func temporaryPath() -> String { FileManager.default.temporaryDirectory.path + "/\(UUID()).safetensors" }

@Suite struct TrainerTests {
  @Test(arguments: Run.Plan.allCases) private func resumingEqualsNeverStopping(_ plan: Run.Plan) throws {
    let whole = Run(plan)
    try whole.trainer.fit(epochs: 3)
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    for batches in 1...17 {
      let first = Run(plan, stoppingAfter: batches)
      try first.trainer.fit(epochs: 3)
      // After an epoch's last batch the epoch is completed before training stops, so there is nothing to interrupt.
      #expect(first.trainer.isInterrupted == !batches.isMultiple(of: 6))
      if !first.trainer.isInterrupted { continue }
      try first.save(to: path)
      // All that matters must come from the checkpoint.
      let second = Run(plan)
      for parameter in second.model.parameters { parameter.value = Tensor(zeros: parameter.shape) }
      try second.restore(from: path)
      try second.trainer.fit(epochs: 3)
      #expect(second.weights == whole.weights, "stopped after \(batches) batches")
      #expect(second.losses == whole.losses && second.rate == whole.rate)
    }
  }

  @Test func theSeedDecidesTheBits() throws {
    let runs = try ([1, 1, 2] as [UInt64]).map { seed in
      let run = Run(.momentum, seed: seed)
      try run.trainer.fit(epochs: 2)
      return run
    }
    #expect(runs[0].weights == runs[1].weights && runs[0].losses == runs[1].losses)
    #expect(runs[0].weights != runs[2].weights)
  }

  @Test func accumulatedBatchesAreOneLargeBatch() throws {
    func train(batchSize: Int, accumulating: Int) throws -> (weights: [Double], steps: Int) {
      let model = withRandomSeed(4) { Linear(3, 2) }
      let data = TensorDataset(inputs: Formula.uniform([24, 3], 1), labels: Formula.integers([24], 2, in: 0..<2))
      let trainer = Trainer(
        model, SGD(model.parameters, learningRate: 0.5), training: DataLoader(data, batchSize: batchSize), seed: 1,
        accumulating: accumulating
      ) { batch in
        let logits = model(batch.inputs)
        let loss = crossEntropy(logits, batch.labels)
        return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
      }
      var steps = 0
      trainer.beforeUpdate = { steps += 1 }
      try trainer.fit(epochs: 2)
      return (model.parameters.flatMap { $0.value.values.map(Double.init) }, steps)
    }
    let large = try train(batchSize: 12, accumulating: 1)
    let small = try train(batchSize: 3, accumulating: 4)
    #expect(large.steps == 4 && small.steps == 4)
    #expect(mismatch(small.weights, large.weights, relative: 1e-5, absolute: 1e-6) == nil)
    // Five batches in groups of three: one of three and one of two.
    #expect(try train(batchSize: 5, accumulating: 3).steps == 4)
  }

  @Test func schedulesStepByBatchOrEpoch() throws {
    for (plan, expected) in [(Run.Plan.schedulePerEpoch, 0.2 / 8), (.schedulePerBatch, 0)] {
      let run = Run(plan)
      try run.trainer.fit(epochs: 3)
      #expect(run.rate == expected)
    }
    let run = Run(.schedulePerBatch)
    var rates: [Double] = []
    run.trainer.listeners.append { if case .stepFinished = $0 { rates.append(run.rate) } }
    try run.trainer.fit(epochs: 1)
    #expect(rates.count == 6 && rates[0] == 0.1 && rates[1] == 0.2 && rates[2] < 0.2)
  }

  @Test func stopsEarlyAndKeepsTheBest() throws {
    func report(_ epoch: Int, _ loss: Double) -> EpochReport {
      EpochReport(
        epoch: epoch, training: Tally(count: 1, sums: ["loss": 0]), validation: Tally(count: 1, sums: ["loss": loss]),
        seconds: 1)
    }
    let history = [3, 2, 2.5, 1.95, 2, 2.1].enumerated().map { report($0 + 1, $1) }
    #expect(EpochCriterion().best(of: history) == 3)
    #expect(EpochCriterion().best(of: history, minimumChange: 0.1) == 1)
    #expect(EpochCriterion(higherIsBetter: true).best(of: history) == 0)
    #expect(EpochCriterion("accuracy").best(of: history) == nil)
    let stopping = EarlyStopping(patience: 2)
    #expect(
      (0...6).map { stopping.isOver(Array(history.prefix($0))) } == [false, false, false, false, false, false, true])

    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = Run(.momentum)
    // No epoch is better than the first by this much.
    run.trainer.stopping = EarlyStopping(patience: 2, minimumChange: 1e9)
    run.trainer.keepBest(at: path)
    let reports = try run.trainer.fit(epochs: 30)
    #expect(reports.count == 3 && !run.trainer.isInterrupted)
    let best = try #require(EpochCriterion().best(of: reports))
    #expect(try Checkpoint(path: path).progress.completedEpochs == best + 1)
  }

  @Test func keepsTheLast() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let run = Run(.momentum, stoppingAfter: 3)
    run.trainer.keepLast(everyBatches: 2, at: path)
    var seen: [Int] = []
    run.trainer.listeners.append { _ in
      if let checkpoint = try? Checkpoint(path: path) { seen.append(checkpoint.progress.completedBatches) }
    }
    try run.trainer.fit(epochs: 1)
    #expect(seen == [2, 2, 3])
  }
}

@Suite struct CheckpointTests {
  @Test func settingsMustAgree() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Run(.momentum).save(to: path)
    let checkpoint = try Checkpoint(path: path)
    try checkpoint.requireSettings(["a": "b"])
    let error = #expect(throws: FileError.self) { try checkpoint.requireSettings(["a": "c", "d": "e"]) }
    #expect(error?.problem.contains("a was b, is now c") == true && error?.problem.contains("d was not set") == true)
  }

  @Test func checkpointsOfOtherRunsChangeNothing() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let saved = Run(.accumulatedAdam, stoppingAfter: 5)
    try saved.trainer.fit(epochs: 1)
    try saved.save(to: path)

    let sgd = Run(.momentum, stoppingAfter: 2)
    try sgd.trainer.fit(epochs: 1)
    let before = (sgd.weights, sgd.optimizer.state.map(\.name))
    let error = #expect(throws: FileError.self) { try sgd.restore(from: path) }
    #expect(error?.place == .key("optimizer"))
    #expect(sgd.weights == before.0 && sgd.optimizer.state.map(\.name) == before.1)
    #expect(sgd.trainer.progress.completedBatches == 2)

    let larger = withRandomSeed(1) { Sequential([Linear(3, 9), ReLU(), Dropout(0.4), Linear(9, 2)]) }
    let weights = larger.parameters.map(\.value.values)
    let other = #expect(throws: FileError.self) {
      try Checkpoint(path: path).restore(larger, Adam(larger.parameters))
    }
    #expect(other?.file == path && larger.parameters.map(\.value.values) == weights)
  }

  /// Every byte of the header and a sample of the others, flipped, and every kind of cut: an error, or what was saved.
  @Test func damagedFilesAreRefused() throws {
    let path = temporaryPath()
    let damaged = temporaryPath()
    defer { for file in [path, damaged] { try? FileManager.default.removeItem(atPath: file) } }
    let saved = Run(.schedulePerBatch, stoppingAfter: 2)
    try saved.trainer.fit(epochs: 1)
    try saved.save(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let run = Run(.schedulePerBatch)
    let before = run.weights
    var refused = 0
    for cut in stride(from: 0, to: bytes.count, by: 97) {
      try bytes.prefix(cut).write(to: URL(fileURLWithPath: damaged))
      #expect(throws: FileError.self) { try run.restore(from: damaged) }
      refused += 1
    }
    #expect(refused > 10 && run.weights == before)
    let headerEnd = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
    for place in stride(from: 0, to: headerEnd, by: 7) {
      var copy = bytes
      copy[place] ^= 0x11
      try copy.write(to: URL(fileURLWithPath: damaged))
      let victim = Run(.schedulePerBatch)
      let weights = victim.weights
      do {
        try victim.restore(from: damaged)
      } catch let error {
        #expect(error is FileError && victim.weights == weights && victim.trainer.progress.completedBatches == 0)
      }
    }
    try Data("no safetensors".utf8).write(to: URL(fileURLWithPath: damaged))
    #expect(throws: FileError.self) { try Checkpoint(path: damaged) }
    #expect(throws: FileError.self) { try Checkpoint(path: damaged + ".missing") }
  }

  /// Numbers that a run could not count on from, or that are no numbers.
  @Test func impossibleNumbersAreRefused() throws {
    let path = temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let saved = Run(.schedulePerBatch, stoppingAfter: 2)
    try saved.trainer.fit(epochs: 1)
    try saved.save(to: path)
    let file = try SafetensorsFile(path, options: ReadOptions(borrowsMappedMemory: false))
    let arrays = try file.readAll()
    let run = Run(.schedulePerBatch)
    let before = run.weights
    let key = "d2l.progress"
    let progress = try #require(file.metadata[key])
    for field in ["completedBatches", "count", "steps"] {
      for value in ["9223372036854775807", "-1", "1e400"] {
        let range = try #require(progress.range(of: "\"\(field)\":[0-9]+", options: .regularExpression))
        var metadata = file.metadata
        metadata[key] = progress.replacingCharacters(in: range, with: "\"\(field)\":\(value)")
        try Safetensors.write(arrays, metadata: metadata, to: path)
        #expect(throws: FileError.self, "\(field) \(value)") { try run.restore(from: path) }
      }
    }
    for name in arrays.names where name.hasSuffix(".step") || name.hasSuffix(".learning_rate") {
      var changed = arrays
      changed[name] = name.hasSuffix(".step") ? Tensor<Int64>(.max).erased : Tensor<Double>(.nan).erased
      try Safetensors.write(changed, metadata: file.metadata, to: path)
      #expect(throws: FileError.self, "\(name)") { try run.restore(from: path) }
    }
    #expect(run.weights == before)
  }
}
