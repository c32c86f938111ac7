import ArgumentParser
import D2LCommands
import D2LCore

/// Section 3.7: the same with the library's layer, loss, optimizer and trainer.
struct SoftmaxRegressionConciseSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "3.7", title: "Concise Implementation of Softmax Regression", package: "core",
    command: "softmax-regression-concise", data: "Fashion-MNIST")
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 0.1

  @OptionGroup var options: TrainingOptions<SoftmaxRegressionConciseSection>

  func run() throws {
    let run = try SectionRun(Self.info, options)
    let images = try ImageSplit.fashion(options)
    let net = Sequential {
      Flatten()  // [batch, 784]
      Linear(784, 10)
    }
    run.source.scope { net.initializeWeights(.normal(standardDeviation: 0.01), biases: .zeros) }
    let optimizer = SGD(net.parameters, learningRate: options.learningRate)
    try run.begin(data: images.name, details: images.details, model: net, modelName: "softmax regression")

    // The loss takes logits, not probabilities: log-sum-exp with the largest logit taken out does not overflow.
    let trainer = Trainer(
      net, optimizer,
      training: DataLoader(images.training, batchSize: options.batchSize, shuffled: true, seed: options.seed),
      validation: DataLoader(images.test, batchSize: options.batchSize), seed: options.seed
    ) { batch in
      let logits = net(batch.inputs)  // [batch, 10]
      let loss = crossEntropy(logits, batch.labels)
      return StepOutcome(loss: loss, tally: Tally(loss: loss, logits: logits, labels: batch.labels))
    }
    let history = try run.fit(trainer)
    try finishSoftmaxRegression(run, history, net, images, model: "concise")
  }
}
