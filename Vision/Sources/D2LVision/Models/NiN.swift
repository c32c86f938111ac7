import D2LCore

/// Network in Network (Lin, Chen, Yan, 2013; book 7.3): each convolution is followed by two 1×1 convolutions, and the classes are
/// channels averaged over the image; there is no dense layer.
///
/// `[batch, channels, 224, 224]` to logits `[batch, classes]`; 1,992,166 parameters with one input channel and ten classes.
public final class NiN: StagedNetwork {
  /// Blocks and poolings in order; parameters are named `features.<position>.<layer>`.
  public let features: Sequential

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] {
    [("features", features), ("avgpool", AdaptiveAvgPool2d(1)), ("flatten", Flatten())]
  }

  /// A network for the given number of classes; for trials in little time all widths can be divided by `narrowing`. Images are 67×67 or larger.
  public init(inputs: Int = 1, classes: Int = 10, narrowedBy narrowing: Int = 1) {
    require(narrowing > 0, "NiN", "narrowed by \(narrowing)")
    let (narrow, middle, wide) = (96 / narrowing, 256 / narrowing, 384 / narrowing)
    features = Sequential {
      NiN.block(inputs, narrow, kernel: 11, stride: 4, padding: 0)  // [batch, 96, 54, 54]
      MaxPool2d(3, stride: 2)  // [batch, 96, 26, 26]
      NiN.block(narrow, middle, kernel: 5, stride: 1, padding: 2)
      MaxPool2d(3, stride: 2)  // [batch, 256, 12, 12]
      NiN.block(middle, wide, kernel: 3, stride: 1, padding: 1)
      MaxPool2d(3, stride: 2)  // [batch, 384, 5, 5]
      Dropout(0.5)
      NiN.block(wide, classes, kernel: 3, stride: 1, padding: 1)  // [batch, classes, 5, 5]
    }
  }

  /// A convolution and two 1×1 convolutions, each with ReLU.
  static func block(_ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, padding: Int) -> Sequential {
    Sequential {
      Conv2d(inputs, outputs, kernel: kernel, stride: stride, padding: padding)
      ReLU()
      Conv2d(outputs, outputs, kernel: 1)
      ReLU()
      Conv2d(outputs, outputs, kernel: 1)
      ReLU()
    }
  }
}
