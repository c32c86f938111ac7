import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 6.6: LeNet learns to tell ten kinds of clothing apart.
struct LeNetSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "6.6", title: "Convolutional Neural Networks (LeNet)", package: "vision", command: "lenet",
    data: "Fashion-MNIST",
    paper: "LeCun, Bottou, Bengio, Haffner, \"Gradient-Based Learning Applied to Document Recognition\", 1998")
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 0.9
  static let quick = TrainingSettings(epochs: 20, batchSize: 32, learningRate: 0.3)

  @OptionGroup var options: TrainingOptions<LeNetSection>

  func run() throws {
    let training = try FashionTraining(Self.info, options, quickCount: 8000)
    let net = training.made { LeNet() }
    try training.begin(net, "LeNet")
    training.showShapes(of: net, "LeNet", size: 28)
    try training.train(net)
  }
}
