import ArgumentParser
import D2LCommands
import D2LCore

/// Section 3.2: linear regression from its parts. They stand in `Shared/LinearRegression.swift`.
struct LinearRegressionScratchSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "3.2", title: "Linear Regression Implementation from Scratch", package: "core",
    command: "linear-regression-scratch", data: "generated")
  static let epochs = 3
  static let batchSize = 10
  static let learningRate = 0.03

  @OptionGroup var options: TrainingOptions<LinearRegressionScratchSection>

  func validate() throws {
    try options.refuseRealData()
    try options.refuseResuming()
  }

  func run() throws {
    let run = try SectionRun(Self.info, options)

    // A law that is known, and a model that does not know it.
    let law = LinearLaw.ofTheBook
    let data = run.source.scope { RegressionDataset(weights: law.weights, bias: law.bias, count: 1000) }
    let net = run.source.scope { ScratchLinearRegression(inputs: 2) }
    try run.begin(data: "synthetic", details: law.details, model: net, modelName: "linear regression from scratch")
    try run.add(
      data.chart(ofFeature: 1), to: "data.svg", heading: "Data", caption: "the second feature and the label")

    // Predict, compare, send gradients back, update: batch after batch. The loss is that of all examples after the epoch.
    let random = RandomGenerator(seed: options.seed)
    let history = try run.fit(net) { epoch in
      var generator = random.stream(UInt64(epoch - 1))
      for batch in data.minibatches(of: options.batchSize, using: &generator) {
        let loss = squaredLoss(net(batch.inputs), batch.targets)  // [batch, 1]
        loss.sum().backward()
        sgd([net.weight, net.bias], learningRate: options.learningRate, batchSize: batch.count)
      }
      return withoutGradient { Tally(losses: squaredLoss(net(data.inputs), data.targets)) }
    }

    // The law is known: what was learned can be held against it.
    let learned = LinearLaw(weights: net.weight.value.values, bias: net.bias.value.item())
    try law.finish(run, history, learned, model: "scratch")
  }
}
