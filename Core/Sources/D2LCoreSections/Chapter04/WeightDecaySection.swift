import ArgumentParser
import D2LCommands
import D2LCore

/// Section 4.5: weights held small, from scratch by a penalty in the loss and concisely by the optimizer.
struct WeightDecaySection: Section {
  static let info = SectionInfo(
    number: "4.5", title: "Weight Decay", package: "core", command: "weight-decay", data: "generated")
  private static let inputs = 200
  private static let learningRate = 0.003
  private static let epochs = 100

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    run.say("y = 0.05 + Σ 0.01 x_i + noise over 200 inputs: too few with 20 examples to learn from.")
    let (all, start) = run.source.scope {
      (
        RegressionDataset(weights: [Float](repeating: 0.01, count: Self.inputs), bias: 0.05, count: 120),
        Tensor<Float>(randomNormal: [Self.inputs])
      )
    }
    let training = RegressionDataset(inputs: all.inputs[..<20], targets: all.targets[..<20])
    let test = RegressionDataset(inputs: all.inputs[20...], targets: all.targets[20...])

    let fits =
      try [0, 3].map { try scratch(training, test, from: start, decay: $0) }
      + [0, 3].map { try concise(training, test, from: start, decay: $0) }
    var table = TextTable("run", "L2 norm of w", "train loss", "test loss")
    for (curves, norm) in fits {
      table.add(curves.name, fixed(norm, 4), fixed(curves.last.training, 4), fixed(curves.last.test, 4))
      run.record(
        "\(curves.name): norm, train loss, test loss", [norm, curves.last.training, curves.last.test])
    }
    run.table(table)
    run.say("Losses are half the mean squared error, without the penalty.")
    try run.plot("losses", PanelGrid(panels: fits.map { $0.curves.chart() }, columns: 2), width: 900, height: 640)
    try run.finish()
  }

  /// The curves of a fit and the length of its weight vector in the end.
  private typealias Fit = (curves: FitCurves, norm: Double)

  /// Weights and a bias of our own; the penalty is a part of the loss.
  private func scratch(
    _ training: RegressionDataset, _ test: RegressionDataset, from start: Tensor<Float>, decay: Double
  ) throws -> Fit {
    let weight = Parameter(start.reshaped([-1, 1]))
    let bias = Parameter([1], .zeros)
    func penalty() -> Tensor<Float> { square(weight.value).sum() / 2 }
    let curves = try fit("scratch, lambda \(Int(decay))", training, test) { x in
      linearRegression(x, weight.value, bias.value)
    } learn: { losses in
      (losses + Float(decay) * penalty()).sum().backward()
      sgd([weight, bias], learningRate: Self.learningRate, batchSize: losses.count)
    }
    return (curves, Double(weight.value.norm().item()))
  }

  /// A layer of the library's; its optimizer pulls at the weight and not at the bias.
  private func concise(
    _ training: RegressionDataset, _ test: RegressionDataset, from start: Tensor<Float>, decay: Double
  ) throws -> Fit {
    let (weight, bias) = (Parameter(start.reshaped([1, -1])), Parameter([1], .zeros))
    let net = Linear(weight: weight, bias: bias)
    let optimizer = SGD(groups: [
      ParameterGroup([weight], learningRate: Self.learningRate, weightDecay: decay),
      ParameterGroup([bias], learningRate: Self.learningRate),
    ])
    let curves = try fit("concise, lambda \(Int(decay))", training, test) { x in
      net(x)
    } learn: { losses in
      optimizer.zeroGradients()
      losses.mean().backward()
      optimizer.step()
    }
    return (curves, Double(weight.value.norm().item()))
  }

  /// The loop that both share: `net` takes inputs `[batch, 200]` to numbers `[batch, 1]`, `learn` learns from the losses of a batch's examples.
  private func fit(
    _ name: String, _ training: RegressionDataset, _ test: RegressionDataset, net: (Tensor<Float>) -> Tensor<Float>,
    learn: (_ losses: Tensor<Float>) -> Void
  ) throws -> FitCurves {
    func loss(_ data: RegressionDataset) -> Double {
      withoutGradient { Double(squaredLoss(net(data.inputs), data.targets).mean().item()) }
    }
    let loader = DataLoader(training, batchSize: 5, shuffled: true, seed: options.seed, prefetch: 0)
    var curves = FitCurves(name)
    for epoch in 1...Self.epochs {
      let batches = loader.batches(epoch: epoch)
      while let batch = try batches.next() { learn(squaredLoss(net(batch.inputs), batch.targets)) }
      if epoch.isMultiple(of: 5) { curves.note(epoch: epoch, training: loss(training), test: loss(test)) }
    }
    return curves
  }
}
