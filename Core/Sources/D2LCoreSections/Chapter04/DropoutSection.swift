import ArgumentParser
import D2LCommands
import D2LCore

/// Dropout from scratch: elements become 0 with a probability, the others are divided by the chance to stay, so that the mean remains.
package func droppingOut(_ x: Tensor<Float>, probability: Float) -> Tensor<Float> {
  require(0 <= probability && probability <= 1, "droppingOut", "a probability of \(probability)")
  if probability == 1 { return Tensor(zerosLike: x) }
  if probability == 0 { return x }
  let mask = Tensor<Float>(randomUniform: x.shape) .>= probability
  return mask.converted(to: Float.self) * x / (1 - probability)
}

/// A perceptron with two hidden layers and dropout behind each, by the function above.
package final class ScratchDropoutNet: Layer, ModeDependent {
  package let hidden1 = Linear(784, 256)
  package let hidden2 = Linear(256, 256)
  package let output = Linear(256, 10)
  /// Nothing is dropped in evaluation.
  package var isTraining = true

  /// Weights from the current random source.
  package init() {}

  package func callAsFunction(_ images: Tensor<Float>) -> Tensor<Float> {
    var h = relu(hidden1(images.reshaped([-1, 784])))  // [batch, 256]
    if isTraining { h = droppingOut(h, probability: 0.2) }
    h = relu(hidden2(h))  // [batch, 256]
    if isTraining { h = droppingOut(h, probability: 0.5) }
    return output(h)  // [batch, 10]
  }
}

/// Section 4.6: dropout, from scratch and by the library's layer.
struct DropoutSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "4.6", title: "Dropout", package: "core", command: "dropout", data: "Fashion-MNIST",
    paper:
      "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, \"Dropout: A Simple Way to Prevent Neural Networks from Overfitting\", 2014"
  )
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 0.5
  static let quick = TrainingSettings(epochs: 15, batchSize: 32, learningRate: 0.2)

  @OptionGroup var options: TrainingOptions<DropoutSection>

  /// The network from the library's layers.
  private static func network() -> Sequential {
    Sequential {
      Flatten()
      Linear(784, 256)
      ReLU()
      Dropout(0.2)
      Linear(256, 256)
      ReLU()
      Dropout(0.5)
      Linear(256, 10)
    }
  }

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let images = try ImageSplit.fashion(options)

    run.part("A layer of dropout")
    let x = Tensor<Float>(arange: 16).reshaped([2, 8])
    run.show("X", x)
    for probability: Float in [0, 0.5, 1] {
      run.show(
        "X with dropout \(probability)", run.source.scope { droppingOut(x, probability: probability) })
    }

    run.part("From scratch")
    run.show("data", images.details)
    let scratch = try train(ScratchDropoutNet.init, images, run)
    run.part("Concise")
    let concise = try train(Self.network, images, run)

    run.part("Results")
    run.showResults("version", [("scratch", scratch), ("concise", concise)])
    run.say("Both begin with the same weights and see the same images in the same order, with the same masks.")
    try run.plot(
      "curves",
      PanelGrid(
        panels: [
          scratch.chart(of: "loss", title: "scratch"), scratch.chart(of: "accuracy", title: "scratch"),
          concise.chart(of: "loss", title: "concise"), concise.chart(of: "accuracy", title: "concise"),
        ], columns: 2), width: 900, height: 640)
    try run.finish()
  }

  /// Trains what `makeNet` makes, weights N(0, 0.01²) and biases 0 as in the book's concise version.
  private func train(_ makeNet: () -> any Layer, _ images: ImageSplit, _ run: ExampleRun) throws -> [EpochReport] {
    let net = RandomSource(seed: options.seed).scope {
      let net = makeNet()
      net.initializeWeights(.normal(standardDeviation: 0.01), biases: .zeros)
      return net
    }
    let optimizer = SGD(net.parameters, learningRate: options.learningRate)
    let trainer = Trainer(
      classifier: net, optimizer, on: images, batchSize: options.batchSize, seed: options.seed)
    return try run.fit(trainer, epochs: options.epochs)
  }
}
