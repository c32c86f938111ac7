import D2LCore

/// The dense networks of Huang et al. (2016): one row each.
public enum DenseNetVariant: String, CaseIterable, Sendable {
  case densenet121, densenet161, densenet169, densenet201

  /// Layers in each of the four blocks.
  var layers: [Int] {
    switch self {
    case .densenet121: [6, 12, 24, 16]
    case .densenet161: [6, 12, 36, 24]
    case .densenet169: [6, 12, 32, 32]
    case .densenet201: [6, 12, 48, 32]
    }
  }

  /// Channels that each layer adds, and channels of the stem.
  var growth: Int { self == .densenet161 ? 48 : 32 }
  var stem: Int { self == .densenet161 ? 96 : 64 }
}

/// A dense network with bottlenecks and compression (DenseNet-BC), torchvision's form: every layer of a block sees the outputs of all layers before
/// it; between blocks the channels are halved and the image too.
///
/// `[batch, 3, height, width]` to logits `[batch, classes]`; DenseNet-121 has 7,978,856 parameters with a thousand classes.
public final class DenseNet: StagedNetwork {
  let features: DenseFeatures
  let classifier: Linear

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] {
    [
      ("features", features), ("relu", ReLU()), ("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()),
      ("classifier", classifier),
    ]
  }

  /// A network of the given variant.
  public init(_ variant: DenseNetVariant, classes: Int = 1000) {
    features = DenseFeatures(variant)
    classifier = Linear(features.channels, classes)
    initializeWeights(.kaimingNormal(), of: Conv2d.self)
    classifier.bias?.initialize(.zeros)
  }
}

/// Stem, blocks and transitions, under torchvision's names.
final class DenseFeatures: StagedNetwork {
  let conv0: Conv2d
  let norm0: BatchNorm2d
  let denseblock1: DenseBlock
  let transition1: Transition
  let denseblock2: DenseBlock
  let transition2: Transition
  let denseblock3: DenseBlock
  let transition3: Transition
  let denseblock4: DenseBlock
  let norm5: BatchNorm2d
  let channels: Int

  var stages: [(name: String, layer: any Layer)] {
    [
      ("conv0", conv0), ("norm0", norm0), ("relu0", ReLU()), ("pool0", MaxPool2d(3, stride: 2, padding: 1)),
      ("denseblock1", denseblock1), ("transition1", transition1), ("denseblock2", denseblock2),
      ("transition2", transition2), ("denseblock3", denseblock3), ("transition3", transition3),
      ("denseblock4", denseblock4), ("norm5", norm5),
    ]
  }

  init(_ variant: DenseNetVariant) {
    conv0 = Conv2d(3, variant.stem, kernel: 7, stride: 2, padding: 3, bias: false)
    norm0 = BatchNorm2d(variant.stem)
    var width = variant.stem
    func block(_ index: Int) -> DenseBlock {
      let block = DenseBlock(width, layers: variant.layers[index], growth: variant.growth)
      width = block.outputs
      return block
    }
    func transition() -> Transition {
      let transition = Transition(width)
      width /= 2
      return transition
    }
    denseblock1 = block(0)
    transition1 = transition()
    denseblock2 = block(1)
    transition2 = transition()
    denseblock3 = block(2)
    transition3 = transition()
    denseblock4 = block(3)
    norm5 = BatchNorm2d(width)
    channels = width
  }
}

/// Layers that each see all outputs before theirs, `denselayer1` and on.
final class DenseBlock: Layer, MemberListing {
  private let layers: [DenseLayer]
  let outputs: Int

  var listedMembers: [(name: String, value: Any)] {
    layers.enumerated().map { ("denselayer\($0.offset + 1)", $0.element) }
  }

  init(_ inputs: Int, layers count: Int, growth: Int) {
    layers = (0..<count).map { DenseLayer(inputs + $0 * growth, growth: growth) }
    outputs = inputs + count * growth
  }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    layers.reduce(x) { x, layer in x.concatenated(with: layer(x), axis: 1) }
  }
}

/// BN, ReLU, 1×1 convolution to 4 × growth channels, BN, ReLU, 3×3 convolution to the growth.
final class DenseLayer: Layer {
  let norm1: BatchNorm2d
  let conv1: Conv2d
  let norm2: BatchNorm2d
  let conv2: Conv2d

  init(_ inputs: Int, growth: Int) {
    norm1 = BatchNorm2d(inputs)
    conv1 = Conv2d(inputs, 4 * growth, kernel: 1, bias: false)
    norm2 = BatchNorm2d(4 * growth)
    conv2 = Conv2d(4 * growth, growth, kernel: 3, padding: 1, bias: false)
  }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let narrow = conv1(relu(norm1(x)))
    return conv2(relu(norm2(narrow)))
  }
}

/// BN, ReLU, 1×1 convolution to half the channels, average pooling to half the size.
final class Transition: Layer {
  let norm: BatchNorm2d
  let conv: Conv2d
  let pool = AvgPool2d(2)

  init(_ inputs: Int) {
    norm = BatchNorm2d(inputs)
    conv = Conv2d(inputs, inputs / 2, kernel: 1, bias: false)
  }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { pool(conv(relu(norm(x)))) }
}
