import ArgumentParser
import D2LCommands
import D2LCore

/// A perceptron with one hidden layer, from scratch: `[batch, 1, 28, 28]` to scores `[batch, 10]`.
package final class ScratchPerceptron: Layer {
  package let hiddenWeight = ScratchPerceptron.weight(inputs: 784, outputs: 256)
  package let hiddenBias = Parameter([256], .zeros)
  package let outputWeight = ScratchPerceptron.weight(inputs: 256, outputs: 10)
  package let outputBias = Parameter([10], .zeros)

  /// Weights from the current random source.
  package init() {}

  /// `[inputs, outputs]` from N(0, 0.01²), drawn output by output as the rows of the library's layer are: with one seed 4.2 and 4.3 begin, and go
  /// on, alike.
  private static func weight(inputs: Int, outputs: Int) -> Parameter {
    Parameter(Tensor(randomNormal: [outputs, inputs], standardDeviation: 0.01).transposed().contiguous())
  }

  package func callAsFunction(_ images: Tensor<Float>) -> Tensor<Float> {
    let x = images.reshaped([-1, 784])  // [batch, 784]
    let hidden = rectified(x.matmul(hiddenWeight.value) + hiddenBias.value)  // [batch, 256]
    return hidden.matmul(outputWeight.value) + outputBias.value  // [batch, 10]
  }

  /// ReLU: max(x, 0).
  private func rectified(_ x: Tensor<Float>) -> Tensor<Float> { maximum(x, Tensor(zerosLike: x)) }
}

/// Section 4.2: a perceptron with one hidden layer, from scratch.
struct PerceptronScratchSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "4.2", title: "Implementation of Multilayer Perceptrons from Scratch", package: "core",
    command: "mlp-scratch", data: "Fashion-MNIST")
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 0.1
  static let quick = TrainingSettings(epochs: 10, batchSize: 32, learningRate: 0.1)

  @OptionGroup var options: TrainingOptions<PerceptronScratchSection>

  func run() throws {
    let run = try SectionRun(Self.info, options)
    let images = try ImageSplit.fashion(options)
    let net = run.source.scope { ScratchPerceptron() }
    let optimizer = SGD(net.parameters, learningRate: options.learningRate)
    try run.begin(data: images.name, details: images.details, model: net, modelName: "perceptron from scratch")
    let trainer = Trainer(
      classifier: net, optimizer, on: images, batchSize: options.batchSize, seed: options.seed)
    let history = try run.fit(trainer)
    try run.finish(history, classifier: net, on: images, model: "perceptron from scratch")
  }
}
