import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 12.6: the ResNet-18 for small images that the book trains on one GPU and on two; here on the processor's cores.
struct SmallResNetSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "12.6", title: "Concise Implementation for Multiple GPUs", package: "vision", command: "small-resnet",
    data: "Fashion-MNIST",
    paper: "He, Zhang, Ren, Sun, \"Deep Residual Learning for Image Recognition\", 2015")
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 0.1
  static let quick = TrainingSettings(epochs: 3, batchSize: 16, learningRate: 0.1)

  @OptionGroup var options: TrainingOptions<SmallResNetSection>

  func run() throws {
    let training = try FashionTraining(Self.info, options, quickSize: 16)
    func resNet18(narrowedBy narrowing: Int = 1) -> ResNet {
      ResNet(.resnet18, inputs: 1, classes: 10, style: .bookSmall, narrowedBy: narrowing)
    }
    let net = training.made(.normal(standardDeviation: 0.01)) { resNet18(narrowedBy: options.quick ? 4 : 1) }
    let name = "ResNet-18 for small images"
    try training.begin(net, options.quick ? name + ", narrowed by 4" : name)
    training.showShapes(of: resNet18(), name, size: 28)
    try training.train(net)
  }
}
