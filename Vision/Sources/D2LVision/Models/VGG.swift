import D2LCore

/// The depths of VGG, by the columns of table 1 in the paper.
public enum VGGDepth: Int, CaseIterable, Sendable {
  case vgg11 = 11
  case vgg13 = 13
  case vgg16 = 16
  case vgg19 = 19

  /// Convolutions in each of the five groups (columns A, B, D, E).
  var repeats: [Int] {
    switch self {
    case .vgg11: [1, 1, 2, 2, 2]
    case .vgg13: [2, 2, 2, 2, 2]
    case .vgg16: [2, 2, 3, 3, 3]
    case .vgg19: [2, 2, 4, 4, 4]
    }
  }
}

/// VGG (Simonyan & Zisserman, 2014; book 7.2): groups of 3×3 convolutions, each ending in 2×2 maximum pooling, then three dense layers.
///
/// `[batch, channels, height, width]` to logits `[batch, classes]`; the image is at least 32×32. VGG-11 has 132,863,336 parameters with
/// a thousand classes.
public final class VGG: StagedNetwork {
  /// The convolutions.
  public let features: Sequential
  /// The dense layers.
  public let classifier: Sequential
  private let pool: any Layer

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] {
    [("features", features), ("avgpool", pool), ("flatten", Flatten()), ("classifier", classifier)]
  }

  /// torchvision's form, whose checkpoints it loads; `batchNorm` adds batch normalisation behind every convolution.
  public init(_ depth: VGGDepth, batchNorm: Bool = false, classes: Int = 1000) {
    features = VGG.groups(depth, widths: [64, 128, 256, 512, 512], inputs: 3, batchNorm: batchNorm)
    pool = AdaptiveAvgPool2d(7)
    classifier = denseHead(512 * 7 * 7, classes: classes)
    initialize()
  }

  /// The book's VGG-11 for 224×224 images, the widths of its convolutions divided by `narrowing`: 4 for the network that it trains
  /// (43,093,322 parameters), 1 for the whole one (128,806,154). For trials in little time images can be smaller, from 32×32 on, and the dense
  /// layers narrower.
  public init(
    bookNarrowedBy narrowing: Int, inputs: Int = 1, classes: Int = 10, imageSize: Int = 224, denseWidth: Int = 4096
  ) {
    require(narrowing > 0 && imageSize >= 32, "VGG", "narrowed by \(narrowing) for images of \(imageSize) pixels")
    let widths = [64, 128, 256, 512, 512].map { $0 / narrowing }
    let side = imageSize / 32
    features = VGG.groups(.vgg11, widths: widths, inputs: inputs, batchNorm: false)
    pool = Identity()
    classifier = denseHead(widths[4] * side * side, width: denseWidth, classes: classes)
  }

  private static func groups(_ depth: VGGDepth, widths: [Int], inputs: Int, batchNorm: Bool) -> Sequential {
    var layers: [any Layer] = []
    var previous = inputs
    for (count, width) in zip(depth.repeats, widths) {
      for _ in 0..<count {
        layers.append(Conv2d(previous, width, kernel: 3, padding: 1))
        if batchNorm { layers.append(BatchNorm2d(width)) }
        layers.append(ReLU())
        previous = width
      }
      layers.append(MaxPool2d(2))
    }
    return Sequential(layers)
  }

  /// He's normal distribution for the convolutions, N(0, 0.01) for the dense layers, biases zero: torchvision's beginning.
  private func initialize() {
    for (_, module) in namedModules() {
      if let layer = module as? Conv2d {
        layer.weight.initialize(.kaimingNormal(fan: .output))
        layer.bias?.initialize(.zeros)
      } else if let layer = module as? Linear {
        layer.weight.initialize(.normal(standardDeviation: 0.01))
        layer.bias?.initialize(.zeros)
      }
    }
  }
}
