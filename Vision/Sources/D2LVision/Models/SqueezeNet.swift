import D2LCore

/// SqueezeNet (Iandola et al., 2016), versions 1.0 and 1.1, torchvision's form: "fire" modules that squeeze to few channels and expand again.
///
/// `[batch, 3, height, width]` to logits `[batch, classes]`; 1,248,424 and 1,235,496 parameters with a thousand classes.
public final class SqueezeNet: StagedNetwork {
  /// Version 1.1 does with 2.4 times less arithmetic what 1.0 does.
  public enum Version: String, CaseIterable, Sendable {
    case v1_0 = "squeezenet1_0"
    case v1_1 = "squeezenet1_1"
  }

  let features: Sequential
  let classifier: Sequential

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] {
    [("features", features), ("classifier", classifier), ("flatten", Flatten())]
  }

  /// A network of the given version.
  public init(_ version: Version, classes: Int = 1000) {
    func pool() -> MaxPool2d { MaxPool2d(3, stride: 2, roundingUp: true) }
    features =
      switch version {
      case .v1_0:
        Sequential {
          Conv2d(3, 96, kernel: 7, stride: 2)
          ReLU()
          pool()
          Fire(96, squeeze: 16, expand: 64)
          Fire(128, squeeze: 16, expand: 64)
          Fire(128, squeeze: 32, expand: 128)
          pool()
          Fire(256, squeeze: 32, expand: 128)
          Fire(256, squeeze: 48, expand: 192)
          Fire(384, squeeze: 48, expand: 192)
          Fire(384, squeeze: 64, expand: 256)
          pool()
          Fire(512, squeeze: 64, expand: 256)
        }
      case .v1_1:
        Sequential {
          Conv2d(3, 64, kernel: 3, stride: 2)
          ReLU()
          pool()
          Fire(64, squeeze: 16, expand: 64)
          Fire(128, squeeze: 16, expand: 64)
          pool()
          Fire(128, squeeze: 32, expand: 128)
          Fire(256, squeeze: 32, expand: 128)
          pool()
          Fire(256, squeeze: 48, expand: 192)
          Fire(384, squeeze: 48, expand: 192)
          Fire(384, squeeze: 64, expand: 256)
          Fire(512, squeeze: 64, expand: 256)
        }
      }
    let head = Conv2d(512, classes, kernel: 1)
    classifier = Sequential {
      Dropout(0.5)
      head
      ReLU()
      AdaptiveAvgPool2d(1)
    }
    initializeWeights(.kaimingUniform(), biases: .zeros)
    head.weight.initialize(.normal(standardDeviation: 0.01))
  }
}

/// A 1×1 convolution to few channels, then 1×1 and 3×3 convolutions side by side.
final class Fire: Layer {
  let squeeze: Conv2d
  let expand1x1: Conv2d
  let expand3x3: Conv2d

  init(_ inputs: Int, squeeze: Int, expand: Int) {
    self.squeeze = Conv2d(inputs, squeeze, kernel: 1)
    expand1x1 = Conv2d(squeeze, expand, kernel: 1)
    expand3x3 = Conv2d(squeeze, expand, kernel: 3, padding: 1)
  }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    let narrow = squeeze(x, activation: .relu)
    return expand1x1(narrow, activation: .relu).concatenated(with: expand3x3(narrow, activation: .relu), axis: 1)
  }
}
