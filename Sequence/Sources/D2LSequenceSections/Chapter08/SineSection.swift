import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// Section 8.1: four numbers of a noisy sine foretell the fifth; foretelling from foretold numbers goes astray.
struct SineSection: Section {
  static let info = SectionInfo(
    number: "8.1", title: "Sequence Models", package: "sequence", command: "sine", data: "a noisy sine")

  @OptionGroup var options: ExampleOptions

  @Option(help: "How often all examples are seen.")
  var epochs = 5

  func validate() throws {
    guard 1...10_000 ~= epochs else {
      throw ValidationError("--epochs \(epochs): a number from 1 to 10000 is expected.")
    }
  }

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let (count, tau, trainingCount) = (1000, 4, 600)

    run.part("The data")
    let time = Tensor<Float>(rangeFrom: 1, to: Float(count + 1), by: 1)
    let noise = run.source.scope { Tensor<Float>(randomNormal: [count], standardDeviation: 0.2) }
    let x = sin(time * 0.01) + noise
    var signal = LineChart(title: "1,000 numbers", x: Axis("time"), y: Axis("x"))
    signal.add(Series("x", x: time.values, y: x.values))
    try run.plot("signal", signal)

    // Example i: four numbers from x[i] on, and the next.
    let inputs = Tensor(stacking: (0..<tau).map { x[$0..<(count - tau + $0)] }, axis: 1)  // [996, 4]
    let dataset = RegressionDataset(inputs: inputs, targets: x[tau..<count])
    run.show("examples", dataset.count)
    run.show("of them learned from", trainingCount)

    run.part("Training")
    let net = run.source.scope { () -> Sequential in
      let net = Sequential {
        Linear(tau, 10)
        ReLU()
        Linear(10, 1)
      }
      net.initializeWeights(.xavierUniform())
      return net
    }
    let optimizer = Adam(net.parameters, learningRate: 0.01)
    let loader = DataLoader(
      dataset.subset(0..<trainingCount), batchSize: 16, shuffled: true, seed: options.seed)
    let trainer = Trainer(net, optimizer, training: loader, seed: options.seed) { batch in
      let loss = meanSquaredError(net(batch.inputs).reshaped([batch.targets.count]), batch.targets)
      return StepOutcome(
        loss: loss,
        tally: Tally(
          count: batch.targets.count, sums: ["loss": Double(loss.item()) * Double(batch.targets.count)]))
    }
    let history = try trainer.fit(epochs: epochs)
    run.show("squared error by epoch", Tensor(history.map { Float($0.training["loss"] ?? .nan) }))
    let (held, truth) = (inputs[trainingCount..<dataset.count], dataset.targets[trainingCount..<dataset.count])
    let heldError = net.evaluating { meanSquaredError(net(held).reshaped([held.shape[0]]), truth).item() }
    run.show("squared error of the numbers not learned from", Double(heldError))
    run.show("the same of saying that nothing changes", Double(meanSquaredError(held[.all, tau - 1], truth).item()))

    run.part("Prediction")
    try plotPredictions(run, net, x, dataset, tau: tau, trainingCount: trainingCount)
    try run.finish()
  }

  /// One step ahead; from its own predictions only; k steps ahead.
  private func plotPredictions(
    _ run: ExampleRun, _ net: Sequential, _ x: Tensor<Float>, _ dataset: RegressionDataset, tau: Int, trainingCount: Int
  ) throws {
    let count = x.count
    let oneStep = net.evaluating { net(dataset.inputs) }.values
    var rolled = Array(x.values[..<(trainingCount + tau)])
    net.evaluating {
      while rolled.count < count { rolled.append(net(Tensor([Array(rolled.suffix(tau))])).values[0]) }
    }
    var ahead = LineChart(title: "One step ahead, and from its own predictions", x: Axis("time"), y: Axis("x"))
    ahead.add(Series("data", x: 1...count, y: x.values))
    ahead.add(Series("one step ahead", x: (tau + 1)...count, y: oneStep))
    ahead.add(
      Series(
        "\(count - trainingCount - tau) steps ahead", x: (trainingCount + tau + 1)...count,
        y: rolled[(trainingCount + tau)...], dash: .dashed))
    try run.plot("predictions", ahead)
    let end = rolled.suffix(100)
    run.show("the last hundred of its own predictions span", Double((end.max() ?? 0) - (end.min() ?? 0)))

    // Column j: x itself for the first four, then predictions from the four columns before.
    let furthest = 64
    let rows = count - tau - furthest + 1
    let features = kStepPredictions(net, x, tau: tau, furthest: furthest, rows: rows)
    run.show("shape of the k-step predictions", "\(features.shape)")
    var steps = LineChart(title: "k steps ahead", x: Axis("time"), y: Axis("x"))
    for k in [1, 4, 16, 64] {
      let first = tau + k
      steps.add(Series("\(k)", x: first..<(first + rows), y: features[.all, tau + k - 1].values))
    }
    try run.plot("k-steps", steps)
    let table = [1, 4, 16, 64].map { k -> Float in
      let truth = x[(tau + k - 1)..<(tau + k - 1 + rows)]
      return meanSquaredError(features[.all, tau + k - 1], truth).item()
    }
    run.show("squared error 1, 4, 16 and 64 steps ahead", Tensor(table))
    run.say("The further ahead, the more its own errors feed it: the curve of 64 steps is close to none at all.")
  }

  /// `[rows, tau + furthest]`.
  private func kStepPredictions(_ net: Sequential, _ x: Tensor<Float>, tau: Int, furthest: Int, rows: Int)
    -> Tensor<Float>
  {
    net.evaluating {
      var columns = (0..<tau).map { x[$0..<($0 + rows)].unsqueezed(axis: 1) }
      for _ in 0..<furthest { columns.append(net(Tensor(concatenating: Array(columns.suffix(tau)), axis: 1))) }
      return Tensor(concatenating: columns, axis: 1)
    }
  }
}
