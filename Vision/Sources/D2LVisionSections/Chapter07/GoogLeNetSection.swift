import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 7.4: GoogLeNet, windows of several sizes side by side.
struct GoogLeNetSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "7.4", title: "Networks with Parallel Concatenations (GoogLeNet)", package: "vision",
    command: "googlenet", data: "Fashion-MNIST",
    paper: "Szegedy et al., \"Going Deeper with Convolutions\", 2014")
  static let epochs = 10
  static let batchSize = 128
  static let learningRate = 0.1
  static let quick = TrainingSettings(epochs: 4, batchSize: 16, learningRate: 0.02)

  @OptionGroup var options: TrainingOptions<GoogLeNetSection>

  func run() throws {
    let training = try FashionTraining(Self.info, options, size: 96, quickSize: 32)
    // ReLU follows every convolution; the book's PyTorch code forgets it behind the 3×3 convolution of the second part.
    let net = training.made(quick: .kaimingUniform()) { BookGoogLeNet(narrowedBy: options.quick ? 4 : 1) }
    try training.begin(net, options.quick ? "GoogLeNet, narrowed by 4" : "GoogLeNet")
    training.showShapes(of: BookGoogLeNet(), "GoogLeNet", size: 96)
    try training.train(net)
  }
}
