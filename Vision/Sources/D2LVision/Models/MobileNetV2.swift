import D2LCore

/// MobileNet V2 (Sandler et al., 2018), torchvision's form: inverted residual blocks with depth-wise convolutions.
///
/// `[batch, 3, height, width]` to logits `[batch, classes]`; 3,504,872 parameters with a thousand classes.
public final class MobileNetV2: StagedNetwork {
  let features: Sequential
  let classifier: Sequential

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] {
    [
      ("features", features), ("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten()), ("classifier", classifier),
    ]
  }

  /// Table 2 of the paper: expansion, channels, repetitions, stride of the first.
  static let table: [(expansion: Int, channels: Int, count: Int, stride: Int)] = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
  ]

  /// From the names of implementations whose blocks are flat lists, as the first in PyTorch was and many checkpoints are, to torchvision's.
  public static let flatNames: KeyMap = {
    var rules: [KeyMap.Rule] = []
    for (theirs, ours) in [(0, "0.0"), (1, "0.1"), (3, "1"), (4, "2")] {
      rules.append(.pattern("features.1.conv.\(theirs).*", "at 1.conv.\(ours).*"))
    }
    for (theirs, ours) in [(0, "0.0"), (1, "0.1"), (3, "1.0"), (4, "1.1"), (6, "2"), (7, "3")] {
      rules.append(.pattern("features.*.conv.\(theirs).*", "at *.conv.\(ours).*"))
    }
    // In two steps, so that no rule meets what an earlier one has made.
    return KeyMap(rules + [.prefix("at ", "features.")])
  }()

  /// Where implementations differ.
  public enum Style: Sendable {
    /// torchvision's: the first block does not widen, the head is a dense layer behind dropout.
    case torchvision
    /// MXNet Gluon's: every block has its widening convolution, the head is a 1×1 convolution without bias.
    case gluon
  }

  /// A network for the given number of classes; torchvision's style loads torchvision's checkpoints.
  public init(classes: Int = 1000, style: Style = .torchvision) {
    var layers: [any Layer] = [normalized(3, 32, kernel: 3, stride: 2)]
    var inputs = 32
    for row in MobileNetV2.table {
      for index in 0..<row.count {
        layers.append(
          InvertedResidual(
            inputs, row.channels, stride: index == 0 ? row.stride : 1, expansion: row.expansion,
            widens: row.expansion != 1 || style == .gluon))
        inputs = row.channels
      }
    }
    layers.append(normalized(inputs, 1280, kernel: 1))
    features = Sequential(layers)
    classifier =
      switch style {
      case .torchvision:
        Sequential {
          Dropout(0.2)
          Linear(1280, classes)
        }
      case .gluon:
        Sequential {
          Unflatten([1280, 1, 1])
          Conv2d(1280, classes, kernel: 1, bias: false)
          Flatten()
        }
      }
    initializeWeights(.kaimingNormal(fan: .output), of: Conv2d.self)
    initializeWeights(.normal(standardDeviation: 0.01), biases: .zeros, of: Linear.self)
  }
}

/// A convolution without bias, batch normalisation, ReLU up to 6.
private func normalized(_ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, groups: Int = 1) -> Sequential {
  Sequential {
    Conv2d(inputs, outputs, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups, bias: false)
    BatchNorm2d(outputs)
    ReLU6()
  }
}

/// A 1×1 convolution that widens, a depth-wise 3×3 convolution, a 1×1 convolution that narrows; added to the input where the shapes
/// agree.
final class InvertedResidual: Layer {
  let conv: Sequential
  private let addsInput: Bool

  init(_ inputs: Int, _ outputs: Int, stride: Int, expansion: Int, widens: Bool) {
    let inner = inputs * expansion
    conv = Sequential {
      if widens { normalized(inputs, inner, kernel: 1) }
      normalized(inner, inner, kernel: 3, stride: stride, groups: inner)
      Conv2d(inner, outputs, kernel: 1, bias: false)
      BatchNorm2d(outputs)
    }
    addsInput = stride == 1 && inputs == outputs
  }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { addsInput ? x + conv(x) : conv(x) }
}
