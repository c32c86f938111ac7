import D2LCore

/// LeNet with batch normalisation before each sigmoid, and maximum pooling (book 7.5).
///
/// `[batch, 1, 28, 28]` to logits `[batch, classes]`; 44,878 parameters with ten classes.
public final class BatchNormLeNet: StagedNetwork {
  /// The layers in order.
  @Key("") public private(set) var net: Sequential

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] { [("net", net)] }

  /// A network for the given number of classes; `norm` makes the normalisation of so many channels.
  public init(classes: Int = 10, norm: (_ channels: Int) -> any Layer = { BatchNorm($0) }) {
    net = Sequential {
      Conv2d(1, 6, kernel: 5)
      norm(6)
      Sigmoid()
      MaxPool2d(2)  // [batch, 6, 12, 12]
      Conv2d(6, 16, kernel: 5)
      norm(16)
      Sigmoid()
      MaxPool2d(2)  // [batch, 16, 4, 4]
      Flatten()  // [batch, 256]
      Linear(256, 120)
      norm(120)
      Sigmoid()
      Linear(120, 84)
      norm(84)
      Sigmoid()
      Linear(84, classes)
    }
  }
}
