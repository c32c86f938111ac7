import ArgumentParser
import D2LCommands
import D2LCore

/// Section 4.4: a polynomial fitted with the right features, with too few and with too many.
struct ModelSelectionSection: Section {
  static let info = SectionInfo(
    number: "4.4", title: "Model Selection, Underfitting, and Overfitting", package: "core", command: "model-selection",
    data: "generated")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("A polynomial of degree 3")
    let data = run.source.scope { PolynomialData(training: 100, test: 100) }
    run.show("x of the first two examples", data.x[..<2])
    run.show("x^i / i! of them", data.features[..<2])
    run.show("y of them", data.targets[..<2])

    let fits = try [
      fit(data, "normal", features: 4, epochs: 400, run), fit(data, "underfitting", features: 2, epochs: 400, run),
      fit(data, "overfitting", features: 20, epochs: 1500, run),
    ]
    run.part("Results")
    var table = TextTable("fit", "train loss", "test loss")
    for fit in fits {
      table.add(fit.name, fixed(fit.last.training, 4), fixed(fit.last.test, 4))
      run.record("\(fit.name): train loss, test loss", [fit.last.training, fit.last.test])
    }
    run.table(table)
    run.say("Losses are half the mean squared error, as in 3.2; the book's PyTorch code leaves the half out here.")
    try run.finish()
  }

  /// Trains a linear model of the first features, and shows weights and curves.
  private func fit(
    _ data: PolynomialData, _ name: String, features: Int, epochs: Int, _ run: ExampleRun
  ) throws -> FitCurves {
    run.part("\(features) features: \(name)")
    let (training, test) = data.split(features: features)
    let net = run.source.scope { Linear(features, 1, bias: false) }
    let optimizer = SGD(net.parameters, learningRate: 0.01)
    func loss(_ inputs: Tensor<Float>, _ targets: Tensor<Float>) -> Tensor<Float> {
      squaredLoss(net(inputs), targets).mean()
    }
    func loss(_ data: RegressionDataset) -> Double {
      withoutGradient { Double(loss(data.inputs, data.targets).item()) }
    }
    let loader = DataLoader(training, batchSize: 10, shuffled: true, seed: options.seed, prefetch: 0)
    var curves = FitCurves(name)
    for epoch in 1...epochs {
      let batches = loader.batches(epoch: epoch)
      while let batch = try batches.next() {
        optimizer.zeroGradients()
        loss(batch.inputs, batch.targets).backward()
        optimizer.step()
      }
      if epoch == 1 || epoch.isMultiple(of: 20) {
        curves.note(epoch: epoch, training: loss(training), test: loss(test))
      }
    }
    run.show("\(name): weights", net.weight.value.detached())
    try run.plot(name, curves.chart(limits: 1e-3...1e2))
    return curves
  }
}

/// y = 5 + 1.2 x - 3.4 x²/2! + 5.6 x³/3! and noise N(0, 0.1²), for x from N(0, 1); features x^i / i! for i from 0 to 19.
private struct PolynomialData {
  static let weights: [Float] = [5, 1.2, -3.4, 5.6]
  static let featureCount = 20
  /// The numbers, `[count]`.
  let x: Tensor<Float>
  /// Their scaled powers, `[count, 20]`.
  let features: Tensor<Float>
  /// What is to be predicted, `[count]`.
  let targets: Tensor<Float>
  private let trainingCount: Int

  /// Examples to learn from and to test on, from the current random source.
  init(training: Int, test: Int) {
    trainingCount = training
    x = Tensor(randomNormal: [training + test])
    var power = Tensor<Float>(onesLike: x)
    var powers = [power]
    for degree in 1..<Self.featureCount {
      power = power * x / Float(degree)  // x^i / i!: without the factorial large powers would have huge gradients
      powers.append(power)
    }
    features = Tensor(stacking: powers, axis: 1)
    let noise = Tensor<Float>(randomNormal: [training + test], standardDeviation: 0.1)
    targets = features[.all, ..<4].matmul(Tensor(Self.weights)) + noise
  }

  /// The two parts with the first `count` features.
  func split(features count: Int) -> (training: RegressionDataset, test: RegressionDataset) {
    let inputs = features[.all, ..<count]
    return (
      RegressionDataset(inputs: inputs[..<trainingCount], targets: targets[..<trainingCount]),
      RegressionDataset(inputs: inputs[trainingCount...], targets: targets[trainingCount...])
    )
  }
}
