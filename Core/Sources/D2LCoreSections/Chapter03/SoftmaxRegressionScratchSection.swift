import ArgumentParser
import D2LCommands
import D2LCore

/// Section 3.6: softmax regression from its parts. They stand in `Shared/SoftmaxRegression.swift`.
struct SoftmaxRegressionScratchSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "3.6", title: "Implementation of Softmax Regression from Scratch", package: "core",
    command: "softmax-regression-scratch", data: "Fashion-MNIST")
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 0.1

  @OptionGroup var options: TrainingOptions<SoftmaxRegressionScratchSection>

  func validate() throws { try options.refuseResuming() }

  func run() throws {
    let run = try SectionRun(Self.info, options)
    let images = try ImageSplit.fashion(options)
    let net = run.source.scope { ScratchSoftmaxRegression(inputs: 784, classes: 10) }
    try run.begin(
      data: images.name, details: images.details, model: net, modelName: "softmax regression from scratch")
    showTheParts(net, images)

    let training = DataLoader(images.training, batchSize: options.batchSize, shuffled: true, seed: options.seed)
    let test = DataLoader(images.test, batchSize: options.batchSize)
    let history = try run.fit(net) { epoch in
      try trainEpoch(net, on: training.batches(epoch: epoch - 1), loss: crossEntropyLoss) { batchSize in
        sgd([net.weight, net.bias], learningRate: options.learningRate, batchSize: batchSize)
      }
    } evaluation: {
      try evaluateAccuracy(net, on: test.batches())
    }
    try finishSoftmaxRegression(run, history, net, images, model: "scratch")
  }

  /// The parts on numbers that can be checked by eye.
  private func showTheParts(_ net: ScratchSoftmaxRegression, _ images: ImageSplit) {
    let x = Tensor<Float>([[1, 2, 3], [4, 5, 6]])
    print("\nSums of [[1, 2, 3], [4, 5, 6]] along the axes, the axis kept:")
    print("\(x.sum(axis: 0, keepingDimensions: true)) and \(x.sum(axis: 1, keepingDimensions: true).flattened())ᵀ")
    let probabilities = Tensor<Float>([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]])
    let labels = Tensor<Int64>([0, 2])
    print("Losses of probabilities \(probabilities.values) with labels 0 and 2:")
    print("\(crossEntropyLoss(probabilities, labels)), accuracy \(accuracy(probabilities, labels))\n")
  }
}
