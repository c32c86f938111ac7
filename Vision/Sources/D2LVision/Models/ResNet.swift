import D2LCore

/// The residual networks of He et al. (2015), Xie et al. (ResNeXt, 2016) and Zagoruyko & Komodakis (wide, 2016): one row each.
public enum ResNetVariant: String, CaseIterable, Sendable {
  case resnet18, resnet34, resnet50, resnet101, resnet152
  case resnext50 = "resnext50_32x4d"
  case resnext101 = "resnext101_32x8d"
  case resnext101Grouped64 = "resnext101_64x4d"
  case wideResnet50 = "wide_resnet50_2"
  case wideResnet101 = "wide_resnet101_2"

  /// Blocks in each of the four stages.
  var repeats: [Int] {
    switch self {
    case .resnet18: [2, 2, 2, 2]
    case .resnet34, .resnet50, .resnext50, .wideResnet50: [3, 4, 6, 3]
    case .resnet101, .resnext101, .resnext101Grouped64, .wideResnet101: [3, 4, 23, 3]
    case .resnet152: [3, 8, 36, 3]
    }
  }

  /// Whether blocks are bottlenecks of three convolutions rather than pairs.
  var isBottleneck: Bool { self != .resnet18 && self != .resnet34 }

  /// Groups of the 3×3 convolution, and the width of each for a stage of 64 channels.
  var groups: (count: Int, width: Int) {
    switch self {
    case .resnext50: (32, 4)
    case .resnext101: (32, 8)
    case .resnext101Grouped64: (64, 4)
    case .wideResnet50, .wideResnet101: (1, 128)
    default: (1, 64)
    }
  }
}

/// A residual network: a stem, four stages of blocks that add to their input, an average over the image, one dense layer.
///
/// `[batch, channels, height, width]` to logits `[batch, classes]`. The stride of a bottleneck is on its 3×3 convolution, as in
/// torchvision (and unlike the paper). ResNet-50 has 25,557,032 parameters with a thousand classes.
public final class ResNet: StagedNetwork {
  let conv1: Conv2d
  let bn1: BatchNorm2d
  private let pool: any Layer
  let layer1, layer2, layer3, layer4: Sequential
  /// The dense layer; replace it for other classes.
  public var fc: Linear

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] {
    [
      ("conv1", conv1), ("bn1", bn1), ("relu", ReLU()), ("maxpool", pool), ("layer1", layer1), ("layer2", layer2),
      ("layer3", layer3), ("layer4", layer4), ("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("fc", fc),
    ]
  }

  /// Where implementations differ.
  public struct Style: Sendable {
    /// Whether convolutions have biases.
    var hasBias = false
    /// Whether the 1×1 convolutions of a bottleneck have biases, where others have none.
    var hasPointwiseBias = false
    /// Whether a bottleneck takes its stride with its first convolution, as in the paper, or with the 3×3 one.
    var stridesFirst = false
    /// Whether the 1×1 convolution of a shortcut is normalised.
    var normalizesShortcut = true
    /// Whether the stem is a 7×7 convolution of stride 2 with pooling, or a 3×3 convolution alone.
    var hasLargeStem = true

    /// torchvision's.
    public static let torchvision = Style()
    /// That of MXNet Gluon's `resnet…_v1`.
    public static let gluon = Style(hasPointwiseBias: true, stridesFirst: true)
    /// The book's (7.6).
    public static let book = Style(hasBias: true, normalizesShortcut: false)
    /// The book's for small images (12.6).
    public static let bookSmall = Style(hasBias: true, normalizesShortcut: false, hasLargeStem: false)
  }

  /// A network of the given variant; torchvision's style loads torchvision's checkpoints. For trials in little time all widths can be divided by
  /// `narrowing`.
  public init(
    _ variant: ResNetVariant, inputs: Int = 3, classes: Int = 1000, style: Style = .torchvision,
    narrowedBy narrowing: Int = 1
  ) {
    require(narrowing > 0, "ResNet", "narrowed by \(narrowing)")
    let widths = [64, 128, 256, 512].map { $0 / narrowing }
    var previous = widths[0]
    conv1 =
      style.hasLargeStem
      ? Conv2d(inputs, previous, kernel: 7, stride: 2, padding: 3, bias: style.hasBias)
      : Conv2d(inputs, previous, kernel: 3, padding: 1, bias: style.hasBias)
    bn1 = BatchNorm2d(previous)
    pool = style.hasLargeStem ? MaxPool2d(3, stride: 2, padding: 1) : Identity()
    let stages = zip(widths, variant.repeats).map { width, count in
      Sequential(
        (0..<count).map { index -> any Layer in
          let stride = index == 0 && width > widths[0] ? 2 : 1
          let block: any Layer =
            variant.isBottleneck
            ? Bottleneck(previous, width, stride: stride, groups: variant.groups, style)
            : BasicBlock(previous, width, stride: stride, style)
          previous = variant.isBottleneck ? width * Bottleneck.expansion : width
          return block
        })
    }
    (layer1, layer2, layer3, layer4) = (stages[0], stages[1], stages[2], stages[3])
    fc = Linear(previous, classes)
    initializeWeights(.kaimingNormal(fan: .output), of: Conv2d.self)
  }
}

/// Two 3×3 convolutions whose output is added to the input.
final class BasicBlock: Layer {
  let conv1: Conv2d
  let bn1: BatchNorm2d
  let conv2: Conv2d
  let bn2: BatchNorm2d
  let downsample: Sequential?

  init(_ inputs: Int, _ width: Int, stride: Int, _ style: ResNet.Style) {
    conv1 = Conv2d(inputs, width, kernel: 3, stride: stride, padding: 1, bias: style.hasBias)
    bn1 = BatchNorm2d(width)
    conv2 = Conv2d(width, width, kernel: 3, padding: 1, bias: style.hasBias)
    bn2 = BatchNorm2d(width)
    downsample = shortcut(inputs, width, stride: stride, style)
  }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let identity = downsample?(x) ?? x
    let inner = conv1(x, normalizedBy: bn1, activation: .relu)
    return relu(conv2(inner, normalizedBy: bn2) + identity)
  }
}

/// A 3×3 convolution between two 1×1 convolutions that narrow and widen, added to the input.
final class Bottleneck: Layer {
  static let expansion = 4

  let conv1: Conv2d
  let bn1: BatchNorm2d
  let conv2: Conv2d
  let bn2: BatchNorm2d
  let conv3: Conv2d
  let bn3: BatchNorm2d
  let downsample: Sequential?

  init(_ inputs: Int, _ width: Int, stride: Int, groups: (count: Int, width: Int), _ style: ResNet.Style) {
    let inner = width * groups.width / 64 * groups.count
    let outer = width * Bottleneck.expansion
    let strides = style.stridesFirst ? (stride, 1) : (1, stride)
    let pointwiseBias = style.hasBias || style.hasPointwiseBias
    conv1 = Conv2d(inputs, inner, kernel: 1, stride: strides.0, bias: pointwiseBias)
    bn1 = BatchNorm2d(inner)
    conv2 = Conv2d(inner, inner, kernel: 3, stride: strides.1, padding: 1, groups: groups.count, bias: style.hasBias)
    bn2 = BatchNorm2d(inner)
    conv3 = Conv2d(inner, outer, kernel: 1, bias: pointwiseBias)
    bn3 = BatchNorm2d(outer)
    downsample = shortcut(inputs, outer, stride: stride, style)
  }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let identity = downsample?(x) ?? x
    let narrow = conv1(x, normalizedBy: bn1, activation: .relu)
    let inner = conv2(narrow, normalizedBy: bn2, activation: .relu)
    return relu(conv3(inner, normalizedBy: bn3) + identity)
  }
}

/// A 1×1 convolution that brings the input to the output's shape; nil where it has it already.
private func shortcut(_ inputs: Int, _ outputs: Int, stride: Int, _ style: ResNet.Style) -> Sequential? {
  if stride == 1 && inputs == outputs { return nil }
  let convolution = Conv2d(inputs, outputs, kernel: 1, stride: stride, bias: style.hasBias)
  return style.normalizesShortcut ? Sequential([convolution, BatchNorm2d(outputs)]) : Sequential([convolution])
}
