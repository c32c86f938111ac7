import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 7.7: DenseNet, whose blocks put their output behind their input.
struct DenseNetSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "7.7", title: "Densely Connected Networks (DenseNet)", package: "vision", command: "densenet",
    data: "Fashion-MNIST",
    paper: "Huang, Liu, van der Maaten, Weinberger, \"Densely Connected Convolutional Networks\", 2016")
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 0.1
  static let quick = TrainingSettings(epochs: 2, batchSize: 32, learningRate: 0.1)

  @OptionGroup var options: TrainingOptions<DenseNetSection>

  func run() throws {
    let training = try FashionTraining(Self.info, options, size: 96, quickSize: 32)
    // It ends in average pooling; the book's PyTorch code takes the maximum.
    let net = training.made { BookDenseNet() }
    try training.begin(net, "DenseNet")

    let block = BookDenseBlock(3, convolutions: 2, growth: 10)
    let transition = BookDenseNet.transition(23, 10)
    let x = Tensor<Float>(zeros: [4, 3, 8, 8])
    training.show("dense block of 2 convolutions, 3 + 2 · 10 channels", block(x).shape)
    training.show("transition to 10 channels", transition(block(x)).shape)
    training.showShapes(of: net, "DenseNet", size: 96)

    try training.train(net)
  }
}
