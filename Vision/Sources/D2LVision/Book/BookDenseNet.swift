import D2LCore

/// The book's small DenseNet (7.7): four blocks of four 3×3 convolutions that each add 32 channels, halved between blocks.
///
/// `[batch, channels, 96, 96]` to logits `[batch, classes]`; 758,226 parameters with one input channel and ten classes. It ends in average pooling,
/// as the paper; the book's PyTorch code of this release takes the maximum.
public final class BookDenseNet: StagedNetwork {
  let stem: Sequential
  let blocks: Sequential
  let norm: BatchNorm2d
  let fc: Linear

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] {
    [
      ("stem", stem), ("blocks", blocks), ("norm", norm), ("relu", ReLU()), ("avgpool", AdaptiveAvgPool2d(1)),
      ("flatten", Flatten()), ("fc", fc),
    ]
  }

  /// A network for the given number of classes.
  public init(inputs: Int = 1, classes: Int = 10, growth: Int = 32) {
    stem = Sequential {
      Conv2d(inputs, 64, kernel: 7, stride: 2, padding: 3)
      BatchNorm2d(64)
      ReLU()
      MaxPool2d(3, stride: 2, padding: 1)
    }
    var channels = 64
    var layers: [any Layer] = []
    for index in 0..<4 {
      layers.append(BookDenseBlock(channels, convolutions: 4, growth: growth))
      channels += 4 * growth
      if index == 3 { break }
      layers.append(BookDenseNet.transition(channels, channels / 2))
      channels /= 2
    }
    blocks = Sequential(layers)
    norm = BatchNorm2d(channels)
    fc = Linear(channels, classes)
  }

  /// BN, ReLU, 1×1 convolution, average pooling to half the size.
  public static func transition(_ inputs: Int, _ outputs: Int) -> Sequential {
    Sequential {
      BatchNorm2d(inputs)
      ReLU()
      Conv2d(inputs, outputs, kernel: 1)
      AvgPool2d(2)
    }
  }
}

/// 3×3 convolutions behind BN and ReLU; each output is concatenated to its input.
public final class BookDenseBlock: Layer {
  let net: [Sequential]

  /// A block that adds `convolutions` × `growth` channels.
  public init(_ inputs: Int, convolutions: Int, growth: Int) {
    net = (0..<convolutions).map { index in
      Sequential {
        BatchNorm2d(inputs + index * growth)
        ReLU()
        Conv2d(inputs + index * growth, growth, kernel: 3, padding: 1)
      }
    }
  }

  /// `[batch, channels, height, width]` with the new channels behind the old.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    net.reduce(x) { x, layer in x.concatenated(with: layer(x), axis: 1) }
  }
}
