import D2LCommands
import D2LCore

/// Linear regression under an optimizer on trial: what 11.5 to 11.10 do with the airfoil data (the book's `train_ch11` and `train_concise_ch11`).
///
/// Both versions follow half the mean squared error; the book's concise ones leave the half out, which doubles their learning rates.
struct LinearRegressionTrial {
  let data: RegressionDataset
  let seed: UInt64
  var batchSize = 10
  var epochs = 2

  /// Trains weights and a bias of our own by a rule of our own.
  func scratch<Rule: UpdateRule<Float>>(_ name: String, _ rule: Rule) throws -> TrialResult {
    let net = RandomSource(seed: seed).scope { ScratchLinearRegression(inputs: data.inputs.shape[1]) }
    var optimizer = ScratchOptimizer(net.parameters, rule)
    return try train(name, net) { optimizer.step() }
  }

  /// Trains the library's layer by the library's optimizer, from the same weights on the same batches.
  func concise(_ name: String, _ makeOptimizer: ([Parameter]) -> Optimizer) throws -> TrialResult {
    let net = Linear(data.inputs.shape[1], 1)
    RandomSource(seed: seed).scope { net.initializeWeights(.normal(standardDeviation: 0.01), biases: .zeros) }
    let optimizer = makeOptimizer(net.parameters)
    return try train(name, net) {
      optimizer.step()
      optimizer.zeroGradients()
    }
  }

  /// The loop that both share: `net` takes inputs `[batch, features]` to numbers `[batch, 1]`, `step` moves its parameters.
  private func train(_ name: String, _ net: any Layer, step: () -> Void) throws -> TrialResult {
    let loader = DataLoader(data, batchSize: batchSize, shuffled: true, seed: seed, prefetch: 0)
    let clock = ContinuousClock()
    var result = TrialResult(name: name, batchSize: batchSize, epochs: epochs)
    var seen = 0
    for epoch in 0..<epochs {
      let batches = loader.batches(epoch: epoch)
      var last = clock.now
      while let batch = try batches.next() {
        squaredLoss(net(batch.inputs), batch.targets).mean().backward()
        step()
        seen += batch.count
        // The loss on all examples, once for every 200 that were learned from.
        if seen / 200 > (seen - batch.count) / 200 {
          result.seconds += (clock.now - last).seconds
          let loss = withoutGradient { squaredLoss(net(data.inputs), data.targets).mean() }
          result.note(loss: Double(loss.item()), epoch: Double(seen) / Double(data.count))
          last = clock.now
        }
      }
      result.seconds += (clock.now - last).seconds
    }
    result.weights = net.parameters.flatMap { $0.value.values.map(Double.init) }
    return result
  }
}

/// How a trial went.
struct TrialResult {
  /// What was on trial.
  let name: String
  /// Examples per step.
  let batchSize: Int
  /// How often all examples were seen.
  let epochs: Int
  /// Epochs at the moments of ``losses``, in fractions.
  private(set) var moments: [Double] = []
  /// Half the mean squared error on all examples.
  private(set) var losses: [Double] = []
  /// Seconds of training at these moments; evaluation is not counted.
  private(set) var times: [Double] = []
  /// Seconds of training in all.
  fileprivate(set) var seconds = 0.0
  /// The weights in the end, the bias last.
  fileprivate(set) var weights: [Double] = []

  /// A trial that begins.
  init(name: String, batchSize: Int, epochs: Int) {
    self.name = name
    self.batchSize = batchSize
    self.epochs = epochs
  }

  fileprivate mutating func note(loss: Double, epoch: Double) {
    losses.append(loss)
    moments.append(epoch)
    times.append(seconds)
  }

  /// The loss in the end.
  var loss: Double { losses.last ?? .nan }
}

extension ExampleRun {
  /// Shows what trials came to, and their losses over the epochs in one plot.
  func show(_ trials: [TrialResult]) throws {
    var table = TextTable("optimizer", "batch", "epochs", "loss", "ms/epoch")
    var chart = LineChart(x: Axis("epoch"), y: Axis("loss", limits: 0.22...0.35))
    for trial in trials {
      let perEpoch = 1000 * trial.seconds / Double(trial.epochs)
      table.add(trial.name, String(trial.batchSize), String(trial.epochs), fixed(trial.loss, 3), fixed(perEpoch, 1))
      record("\(trial.name): loss", [trial.loss])
      record("\(trial.name): weights", trial.weights)
      // The library's curve lies on ours: points let both be seen.
      let isConcise = trial.name.hasPrefix("concise")
      chart.add(Series(trial.name, x: trial.moments, y: trial.losses, style: isConcise ? .points : .line))
    }
    self.table(table)
    try plot("loss", chart)
  }
}
