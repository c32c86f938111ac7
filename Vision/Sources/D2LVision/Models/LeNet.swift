import D2LCore

/// LeNet-5 as the book has it (LeCun et al., 1998; book 6.6): two convolutions, each with sigmoid and average pooling, then three dense
/// layers. The paper's Gaussian connections at the end are a plain linear layer.
///
/// `[batch, 1, 28, 28]` to logits `[batch, classes]`; 61,706 parameters with ten classes.
public final class LeNet: StagedNetwork {
  /// The layers in order; parameters are named `0.weight` … as in the book's `nn.Sequential`.
  @Key("") public private(set) var layers: Sequential

  /// The layers, named by their positions.
  public var stages: [(name: String, layer: any Layer)] {
    layers.layers.enumerated().map { (name: "\($0.offset)", layer: $0.element) }
  }

  /// A network for the given number of classes.
  public init(classes: Int = 10) {
    layers = Sequential {
      Conv2d(1, 6, kernel: 5, padding: 2)  // [batch, 6, 28, 28]
      Sigmoid()
      AvgPool2d(2)  // [batch, 6, 14, 14]
      Conv2d(6, 16, kernel: 5)  // [batch, 16, 10, 10]
      Sigmoid()
      AvgPool2d(2)  // [batch, 16, 5, 5]
      Flatten()  // [batch, 400]
      Linear(400, 120)
      Sigmoid()
      Linear(120, 84)
      Sigmoid()
      Linear(84, classes)
    }
  }

  /// `[batch, 1, 28, 28]` to `[batch, classes]`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { layers(x) }
}
