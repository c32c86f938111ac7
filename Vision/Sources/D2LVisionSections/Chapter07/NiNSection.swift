import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 7.3: Network in Network, without dense layers.
struct NiNSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "7.3", title: "Network in Network (NiN)", package: "vision", command: "nin", data: "Fashion-MNIST",
    paper: "Lin, Chen, Yan, \"Network In Network\", 2013")
  static let epochs = 10
  static let batchSize = 128
  static let learningRate = 0.1
  static let quick = TrainingSettings(epochs: 10, batchSize: 16, learningRate: 0.02)

  @OptionGroup var options: TrainingOptions<NiNSection>

  func run() throws {
    let training = try FashionTraining(Self.info, options, size: 224, quickSize: 67)
    let net = training.made(quick: .kaimingUniform()) { NiN(narrowedBy: options.quick ? 4 : 1) }
    // The scores stand behind a ReLU, and a class that falls silent there learns nothing more: begun above zero, none does in a short run.
    if options.quick { net.parameters.last?.initialize(.constant(1)) }
    try training.begin(net, options.quick ? "NiN, narrowed by 4" : "NiN")
    training.showShapes(of: NiN(), "NiN", size: 224)
    try training.train(net)
  }
}
