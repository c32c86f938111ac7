import ArgumentParser
import D2LCommands
import D2LCore

/// 784 inputs, 256 hidden units, 10 scores: `[batch, 1, 28, 28]` to `[batch, 10]`. Weights N(0, 0.01²) from the current random source, biases 0.
package func perceptron() -> Sequential {
  let net = Sequential {
    Flatten()
    Linear(784, 256)
    ReLU()
    Linear(256, 10)
  }
  net.initializeWeights(.normal(standardDeviation: 0.01), biases: .zeros)
  return net
}

/// Section 4.3: the perceptron of 4.2 from the library's layers.
struct PerceptronSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "4.3", title: "Concise Implementation of Multilayer Perceptrons", package: "core", command: "mlp",
    data: "Fashion-MNIST")
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 0.1
  static let quick = TrainingSettings(epochs: 10, batchSize: 32, learningRate: 0.1)

  @OptionGroup var options: TrainingOptions<PerceptronSection>

  func run() throws {
    let run = try SectionRun(Self.info, options)
    let images = try ImageSplit.fashion(options)
    let net = run.source.scope { perceptron() }
    let optimizer = SGD(net.parameters, learningRate: options.learningRate)
    try run.begin(data: images.name, details: images.details, model: net, modelName: "perceptron")
    let trainer = Trainer(
      classifier: net, optimizer, on: images, batchSize: options.batchSize, seed: options.seed)
    let history = try run.fit(trainer)
    try run.finish(history, classifier: net, on: images, model: "perceptron")
  }
}
