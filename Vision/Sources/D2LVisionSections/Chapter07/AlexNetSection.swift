import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 7.1: AlexNet, five convolutions and three dense layers.
struct AlexNetSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "7.1", title: "Deep Convolutional Neural Networks (AlexNet)", package: "vision", command: "alexnet",
    data: "Fashion-MNIST",
    paper: "Krizhevsky, Sutskever, Hinton, \"ImageNet Classification with Deep Convolutional Neural Networks\", 2012")
  static let epochs = 10
  static let batchSize = 128
  static let learningRate = 0.01
  static let quick = TrainingSettings(epochs: 5, batchSize: 16, learningRate: 0.05)

  @OptionGroup var options: TrainingOptions<AlexNetSection>

  func run() throws {
    let training = try FashionTraining(Self.info, options, size: 224, quickSize: 67)
    let net = training.made {
      options.quick ? AlexNet.book(narrowedBy: 4, imageSize: training.size) : AlexNet.book()
    }
    try training.begin(net, options.quick ? "AlexNet, narrowed by 4" : "AlexNet")
    training.showShapes(of: AlexNet.book(), "AlexNet", size: 224)
    try training.train(net)
  }
}
