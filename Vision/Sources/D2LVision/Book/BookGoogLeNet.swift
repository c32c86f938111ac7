import D2LCore

/// GoogLeNet as the book has it (7.4), after the paper: no batch normalisation, 5×5 windows, ReLU behind every convolution.
///
/// `[batch, channels, 96, 96]` to logits `[batch, classes]`; 5,977,530 parameters with one input channel and ten classes.
public final class BookGoogLeNet: StagedNetwork {
  let b1, b2, b3, b4, b5: Sequential
  let fc: Linear

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] {
    [
      ("b1", b1), ("b2", b2), ("b3", b3), ("b4", b4), ("b5", b5), ("avgpool", AdaptiveAvgPool2d(1)),
      ("flatten", Flatten()), ("fc", fc),
    ]
  }

  /// A network for the given number of classes; for trials in little time all widths can be divided by `narrowing`, up to 16.
  public init(inputs: Int = 1, classes: Int = 10, narrowedBy narrowing: Int = 1) {
    require(1...16 ~= narrowing, "BookGoogLeNet", "narrowed by \(narrowing)")
    func pool() -> MaxPool2d { MaxPool2d(3, stride: 2, padding: 1) }
    let (first, second) = (64 / narrowing, 192 / narrowing)
    var channels = second
    func inception(_ index: Int) -> BookInception {
      let widths = InceptionWidths.table[index].widths.narrowed(by: narrowing)
      defer { channels = widths.outputs }
      return BookInception(channels, widths)
    }
    b1 = Sequential {
      Conv2d(inputs, first, kernel: 7, stride: 2, padding: 3)
      ReLU()
      pool()  // [batch, 64, 24, 24]
    }
    b2 = Sequential {
      Conv2d(first, first, kernel: 1)
      ReLU()
      Conv2d(first, second, kernel: 3, padding: 1)
      ReLU()  // the book's PyTorch code forgets it
      pool()  // [batch, 192, 12, 12]
    }
    b3 = Sequential([inception(0), inception(1), pool()])  // [batch, 480, 6, 6]
    b4 = Sequential((2...6).map { inception($0) as any Layer } + [pool()])  // [batch, 832, 3, 3]
    b5 = Sequential([inception(7), inception(8)])  // [batch, 1024, 3, 3]
    fc = Linear(channels, classes)
  }
}

/// Four paths side by side, as in the paper's figure 2b.
final class BookInception: Layer {
  let p1, p2, p3, p4: Sequential

  init(_ inputs: Int, _ widths: InceptionWidths) {
    p1 = Sequential {
      Conv2d(inputs, widths.one, kernel: 1)
      ReLU()
    }
    p2 = Sequential {
      Conv2d(inputs, widths.three.reduced, kernel: 1)
      ReLU()
      Conv2d(widths.three.reduced, widths.three.out, kernel: 3, padding: 1)
      ReLU()
    }
    p3 = Sequential {
      Conv2d(inputs, widths.five.reduced, kernel: 1)
      ReLU()
      Conv2d(widths.five.reduced, widths.five.out, kernel: 5, padding: 2)
      ReLU()
    }
    p4 = Sequential {
      MaxPool2d(3, stride: 1, padding: 1)
      Conv2d(inputs, widths.pooled, kernel: 1)
      ReLU()
    }
  }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    Tensor(concatenating: [p1(x), p2(x), p3(x), p4(x)], axis: 1)
  }
}
