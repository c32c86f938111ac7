import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Section 7.6: ResNet-18, whose blocks learn what to add to their input.
struct ResNetSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "7.6", title: "Residual Networks (ResNet)", package: "vision", command: "resnet", data: "Fashion-MNIST",
    paper: "He, Zhang, Ren, Sun, \"Deep Residual Learning for Image Recognition\", 2015")
  static let epochs = 10
  static let batchSize = 256
  static let learningRate = 0.05
  static let quick = TrainingSettings(epochs: 2, batchSize: 32, learningRate: 0.05)

  @OptionGroup var options: TrainingOptions<ResNetSection>

  func run() throws {
    let training = try FashionTraining(Self.info, options, size: 96, quickSize: 32)
    func resNet18(narrowedBy narrowing: Int = 1) -> ResNet {
      ResNet(.resnet18, inputs: 1, classes: 10, style: .book, narrowedBy: narrowing)
    }
    let net = training.made { resNet18(narrowedBy: options.quick ? 2 : 1) }
    try training.begin(net, options.quick ? "ResNet-18, narrowed by 2" : "ResNet-18")

    let x = Tensor<Float>(zeros: [4, 3, 6, 6])
    training.show("Residual(3, 3)", Residual(3, 3)(x).shape)
    training.show("Residual(3, 6, stride: 2)", Residual(3, 6, stride: 2)(x).shape)
    training.showShapes(of: resNet18(), "ResNet-18", size: 224)

    try training.train(net)
  }
}

/// The residual block, written out: two 3×3 convolutions with batch normalisation, added to the input. Where stride or channels change, a 1×1
/// convolution brings the input to the output's shape. `[batch, inputs, height, width]` to `[batch, outputs, height / stride, width / stride]`.
public final class Residual: Layer {
  let conv1, conv2: Conv2d
  let bn1, bn2: BatchNorm2d
  let conv3: Conv2d?

  /// A block from `inputs` to `outputs` channels.
  public init(_ inputs: Int, _ outputs: Int, stride: Int = 1) {
    conv1 = Conv2d(inputs, outputs, kernel: 3, stride: stride, padding: 1)
    conv2 = Conv2d(outputs, outputs, kernel: 3, padding: 1)
    bn1 = BatchNorm2d(outputs)
    bn2 = BatchNorm2d(outputs)
    conv3 = stride == 1 && inputs == outputs ? nil : Conv2d(inputs, outputs, kernel: 1, stride: stride)
  }

  /// relu(f(x) + x).
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let y = bn2(conv2(relu(bn1(conv1(x)))))
    return relu(y + (conv3?(x) ?? x))
  }
}
