import D2LCore

/// The widths of one inception block: 1×1 | 1×1 then 3×3 | 1×1 then 5×5 | pooling then 1×1.
public struct InceptionWidths: Sendable {
  let one: Int
  let three: (reduced: Int, out: Int)
  let five: (reduced: Int, out: Int)
  let pooled: Int

  init(_ one: Int, _ three: (Int, Int), _ five: (Int, Int), _ pooled: Int) {
    self.one = one
    self.three = (three.0, three.1)
    self.five = (five.0, five.1)
    self.pooled = pooled
  }

  /// Channels of the concatenated output.
  var outputs: Int { one + three.out + five.out + pooled }

  /// All widths divided by `factor`.
  func narrowed(by factor: Int) -> InceptionWidths {
    InceptionWidths(
      one / factor, (three.reduced / factor, three.out / factor), (five.reduced / factor, five.out / factor),
      pooled / factor)
  }

  /// Table 1 of the paper: 3a, 3b, 4a–4e, 5a, 5b.
  static let table: [(name: String, widths: InceptionWidths)] = [
    ("inception3a", InceptionWidths(64, (96, 128), (16, 32), 32)),
    ("inception3b", InceptionWidths(128, (128, 192), (32, 96), 64)),
    ("inception4a", InceptionWidths(192, (96, 208), (16, 48), 64)),
    ("inception4b", InceptionWidths(160, (112, 224), (24, 64), 64)),
    ("inception4c", InceptionWidths(128, (128, 256), (24, 64), 64)),
    ("inception4d", InceptionWidths(112, (144, 288), (32, 64), 64)),
    ("inception4e", InceptionWidths(256, (160, 320), (32, 128), 128)),
    ("inception5a", InceptionWidths(256, (160, 320), (32, 128), 128)),
    ("inception5b", InceptionWidths(384, (192, 384), (48, 128), 128)),
  ]
}

/// GoogLeNet (Szegedy et al., 2014) as torchvision has it: with batch normalisation, and with 3×3 windows where the paper has 5×5.
///
/// `[batch, 3, height, width]` to logits `[batch, classes]`; ``logits(_:)`` also gives the auxiliary heads'. 6,624,904 parameters with a thousand
/// classes, 13,004,888 with the auxiliary heads.
public final class GoogLeNet: StagedNetwork, ModeDependent {
  let conv1, conv2, conv3: BasicConv2d
  let inception3a, inception3b: Inception
  let inception4a, inception4b, inception4c, inception4d, inception4e: Inception
  let inception5a, inception5b: Inception
  /// The auxiliary heads, which help training along; nil if they were left out.
  public let aux1, aux2: AuxiliaryHead?
  let fc: Linear
  private let dropout = Dropout(0.2)
  private let transformsInput: Bool
  /// Whether the auxiliary heads run and dropout drops.
  public var isTraining = true

  /// The parts in the order in which an image passes them; the auxiliary heads branch off behind `inception4a` and `inception4d`.
  public var stages: [(name: String, layer: any Layer)] {
    func pool(_ kernel: Int) -> MaxPool2d { MaxPool2d(kernel, stride: 2, roundingUp: true) }
    let input: [(name: String, layer: any Layer)] = transformsInput ? [("transform_input", ImageNetToUnit())] : []
    return input + [
      ("conv1", conv1), ("maxpool1", pool(3)),  // [batch, 64, 56, 56] of a 224×224 image
      ("conv2", conv2), ("conv3", conv3), ("maxpool2", pool(3)),  // [batch, 192, 28, 28]
      ("inception3a", inception3a), ("inception3b", inception3b), ("maxpool3", pool(3)),  // [batch, 480, 14, 14]
      ("inception4a", inception4a), ("inception4b", inception4b), ("inception4c", inception4c),
      ("inception4d", inception4d), ("inception4e", inception4e), ("maxpool4", pool(2)),  // [batch, 832, 7, 7]
      ("inception5a", inception5a), ("inception5b", inception5b),  // [batch, 1024, 7, 7]
      ("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("dropout", dropout), ("fc", fc),
    ]
  }

  /// A network with or without auxiliary heads. `transformingInput` takes images normalised by ImageNet's statistics to the ±1 that the
  /// published weights were trained on.
  public init(classes: Int = 1000, auxiliaryHeads: Bool = true, transformingInput: Bool = false) {
    transformsInput = transformingInput
    conv1 = BasicConv2d(3, 64, kernel: 7, stride: 2, padding: 3)
    conv2 = BasicConv2d(64, 64, kernel: 1)
    conv3 = BasicConv2d(64, 192, kernel: 3, padding: 1)
    var inputs = 192
    let blocks = InceptionWidths.table.map { _, widths in
      let block = Inception(inputs, widths)
      inputs = widths.outputs
      return block
    }
    (inception3a, inception3b) = (blocks[0], blocks[1])
    (inception4a, inception4b, inception4c, inception4d, inception4e) = (
      blocks[2], blocks[3], blocks[4], blocks[5], blocks[6]
    )
    (inception5a, inception5b) = (blocks[7], blocks[8])
    aux1 = auxiliaryHeads ? AuxiliaryHead(512, classes: classes) : nil
    aux2 = auxiliaryHeads ? AuxiliaryHead(528, classes: classes) : nil
    fc = Linear(1024, classes)
  }

  /// The logits for images `[batch, 3, height, width]`, and in training those of the auxiliary heads, each `[batch, classes]`.
  public func logits(_ x: Tensor<Float>) -> (logits: Tensor<Float>, aux1: Tensor<Float>?, aux2: Tensor<Float>?) {
    var (first, second): (Tensor<Float>?, Tensor<Float>?)
    let logits = stages.reduce(x) { x, stage in
      let y = stage.layer(x)
      if isTraining && stage.name == "inception4a" { first = aux1?(y) }
      if isTraining && stage.name == "inception4d" { second = aux2?(y) }
      return y
    }
    return (logits, first, second)
  }
}

/// From images of ImageNet's mean and deviation to such of mean and deviation 0.5: to ±1.
final class ImageNetToUnit: Layer {
  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let deviation = Tensor<Float>([0.229, 0.224, 0.225]).reshaped([3, 1, 1])
    let mean = Tensor<Float>([0.485, 0.456, 0.406]).reshaped([3, 1, 1])
    return x * (deviation / 0.5) + (mean - 0.5) / 0.5
  }
}

/// A convolution without bias, batch normalisation, ReLU.
public final class BasicConv2d: Layer {
  let conv: Conv2d
  let bn: BatchNorm2d

  init(_ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0) {
    conv = Conv2d(inputs, outputs, kernel: kernel, stride: stride, padding: padding, bias: false)
    bn = BatchNorm2d(outputs, epsilon: 0.001)
  }

  /// `[batch, inputs, height, width]` to `[batch, outputs, height', width']`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { conv(x, normalizedBy: bn, activation: .relu) }
}

/// Four paths side by side, concatenated along the channels.
final class Inception: Layer {
  let branch1: BasicConv2d
  let branch2, branch3, branch4: Sequential

  init(_ inputs: Int, _ widths: InceptionWidths) {
    branch1 = BasicConv2d(inputs, widths.one, kernel: 1)
    branch2 = Sequential {
      BasicConv2d(inputs, widths.three.reduced, kernel: 1)
      BasicConv2d(widths.three.reduced, widths.three.out, kernel: 3, padding: 1)
    }
    branch3 = Sequential {
      BasicConv2d(inputs, widths.five.reduced, kernel: 1)
      BasicConv2d(widths.five.reduced, widths.five.out, kernel: 3, padding: 1)
    }
    branch4 = Sequential {
      MaxPool2d(3, stride: 1, padding: 1, roundingUp: true)
      BasicConv2d(inputs, widths.pooled, kernel: 1)
    }
  }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    Tensor(concatenating: [branch1(x), branch2(x), branch3(x), branch4(x)], axis: 1)
  }
}

/// A classifier in the middle of the network: 4×4 averages, a 1×1 convolution, two dense layers.
public final class AuxiliaryHead: Layer {
  let conv: BasicConv2d
  let fc1, fc2: Linear
  private let dropout = Dropout(0.7)

  init(_ inputs: Int, classes: Int) {
    conv = BasicConv2d(inputs, 128, kernel: 1)
    fc1 = Linear(2048, 1024)
    fc2 = Linear(1024, classes)
  }

  /// The logits for a feature map `[batch, inputs, height, width]`: `[batch, classes]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let small = conv(adaptiveAvgPool2d(x, size: (4, 4)))  // [batch, 128, 4, 4]
    return fc2(dropout(relu(fc1(small.flattened(from: 1)))))
  }
}
