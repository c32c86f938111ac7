import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 7.2: VGG-11, blocks of 3×3 convolutions.
struct VGGSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "7.2", title: "Networks Using Blocks (VGG)", package: "vision", command: "vgg", data: "Fashion-MNIST",
    paper: "Simonyan, Zisserman, \"Very Deep Convolutional Networks for Large-Scale Image Recognition\", 2014")
  static let epochs = 10
  static let batchSize = 128
  static let learningRate = 0.05
  static let quick = TrainingSettings(epochs: 3, batchSize: 16, learningRate: 0.02)

  @OptionGroup var options: TrainingOptions<VGGSection>

  func run() throws {
    let training = try FashionTraining(Self.info, options, size: 224, quickSize: 32)
    // As in the book, the network that is trained has a quarter of the channels.
    let net = training.made(quick: .kaimingUniform()) {
      options.quick
        ? VGG(bookNarrowedBy: 4, imageSize: training.size, denseWidth: 256) : VGG(bookNarrowedBy: 4)
    }
    try training.begin(net, "VGG-11 with a quarter of the channels")
    training.showShapes(of: VGG(bookNarrowedBy: 1), "VGG-11", size: 224)
    try training.train(net)
  }
}
