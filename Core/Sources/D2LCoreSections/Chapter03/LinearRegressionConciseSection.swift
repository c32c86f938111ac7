import ArgumentParser
import D2LCommands
import D2LCore

/// Section 3.3: the same with the library's data loader, layer, loss and optimizer.
struct LinearRegressionConciseSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "3.3", title: "Concise Implementation of Linear Regression", package: "core",
    command: "linear-regression-concise", data: "generated")
  static let epochs = 3
  static let batchSize = 10
  static let learningRate = 0.03

  @OptionGroup var options: TrainingOptions<LinearRegressionConciseSection>

  func validate() throws {
    try options.refuseRealData()
    try options.refuseResuming()
  }

  func run() throws {
    let run = try SectionRun(Self.info, options)

    // The law and the examples of 3.2. With one seed, weights and batches are 3.2's too.
    let law = LinearLaw.ofTheBook
    let data = run.source.scope { RegressionDataset(weights: law.weights, bias: law.bias, count: 1000) }
    let linear = Linear(2, 1)
    let net = Sequential { linear }
    run.source.scope { net.initializeWeights(.normal(standardDeviation: 0.01), biases: .zeros) }
    let optimizer = SGD(net.parameters, learningRate: options.learningRate)
    try run.begin(data: "synthetic", details: law.details, model: net, modelName: "linear regression")

    let loader = DataLoader(data, batchSize: options.batchSize, shuffled: true, seed: options.seed, prefetch: 0)
    let history = try run.fit(net) { epoch in
      let batches = loader.batches(epoch: epoch - 1)
      while let batch = try batches.next() {
        optimizer.zeroGradients()
        // Half the squared error, as in 3.2; the book's PyTorch code leaves the half out and so doubles the steps.
        let loss = meanSquaredError(net(batch.inputs), batch.targets) / 2
        loss.backward()
        optimizer.step()
      }
      return withoutGradient {
        Tally(losses: meanSquaredError(net(data.inputs), data.targets, reduction: .none) / 2)
      }
    }

    let learned = LinearLaw(weights: linear.weight.value.values, bias: linear.bias?.value.item() ?? 0)
    try law.finish(run, history, learned, model: "concise")
  }
}
