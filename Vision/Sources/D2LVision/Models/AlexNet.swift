import D2LCore

/// AlexNet (Krizhevsky, Sutskever, Hinton, 2012), in two forms: the book's, after the paper with one column (book 7.1), and torchvision's, after
/// Krizhevsky's later note "One weird trick" (2014) with fewer channels.
///
/// `[batch, channels, 224, 224]` to logits `[batch, classes]`. Book: 46,764,746 parameters with one input channel and ten
/// classes; torchvision: 61,100,840 with three and a thousand.
public final class AlexNet: StagedNetwork {
  /// The convolutions.
  public let features: Sequential
  /// The dense layers behind them.
  public let classifier: Sequential
  private let pool: any Layer

  /// The parts in the order in which an image passes them.
  public var stages: [(name: String, layer: any Layer)] {
    [("features", features), ("avgpool", pool), ("flatten", Flatten()), ("classifier", classifier)]
  }

  private init(features: Sequential, pool: any Layer, classifier: Sequential) {
    self.features = features
    self.pool = pool
    self.classifier = classifier
  }

  /// torchvision's form, whose checkpoints it loads.
  public convenience init(classes: Int = 1000) {
    self.init(
      features: Sequential {
        Conv2d(3, 64, kernel: 11, stride: 4, padding: 2)  // [batch, 64, 55, 55]
        ReLU()
        MaxPool2d(3, stride: 2)  // [batch, 64, 27, 27]
        Conv2d(64, 192, kernel: 5, padding: 2)
        ReLU()
        MaxPool2d(3, stride: 2)  // [batch, 192, 13, 13]
        Conv2d(192, 384, kernel: 3, padding: 1)
        ReLU()
        Conv2d(384, 256, kernel: 3, padding: 1)
        ReLU()
        Conv2d(256, 256, kernel: 3, padding: 1)
        ReLU()
        MaxPool2d(3, stride: 2)  // [batch, 256, 6, 6]
      },
      pool: AdaptiveAvgPool2d(6),
      classifier: Sequential {
        Dropout(0.5)
        Linear(256 * 6 * 6, 4096)
        ReLU()
        Dropout(0.5)
        Linear(4096, 4096)
        ReLU()
        Linear(4096, classes)
      })
  }

  /// The book's form. For trials in little time all widths can be divided by `narrowing` and images be smaller, from 67×67 on.
  public static func book(
    inputs: Int = 1, classes: Int = 10, narrowedBy narrowing: Int = 1, imageSize: Int = 224
  ) -> AlexNet {
    require(narrowing > 0 && imageSize >= 67, "AlexNet", "narrowed by \(narrowing) for images of \(imageSize) pixels")
    let (narrow, middle, wide) = (96 / narrowing, 256 / narrowing, 384 / narrowing)
    func pooled(_ size: Int) -> Int { (size - 3) / 2 + 1 }
    let side = pooled(pooled(pooled((imageSize + 2 - 11) / 4 + 1)))
    return AlexNet(
      features: Sequential {
        Conv2d(inputs, narrow, kernel: 11, stride: 4, padding: 1)  // [batch, 96, 54, 54]
        ReLU()
        MaxPool2d(3, stride: 2)  // [batch, 96, 26, 26]
        Conv2d(narrow, middle, kernel: 5, padding: 2)
        ReLU()
        MaxPool2d(3, stride: 2)  // [batch, 256, 12, 12]
        Conv2d(middle, wide, kernel: 3, padding: 1)
        ReLU()
        Conv2d(wide, wide, kernel: 3, padding: 1)
        ReLU()
        Conv2d(wide, middle, kernel: 3, padding: 1)
        ReLU()
        MaxPool2d(3, stride: 2)  // [batch, 256, 5, 5]
      },
      pool: Identity(),
      classifier: denseHead(middle * side * side, width: 4096 / narrowing, classes: classes))
  }
}

/// Two dense layers with ReLU and dropout, then the classes: the head of AlexNet and VGG in the book and in VGG's paper.
func denseHead(_ inputs: Int, width: Int = 4096, classes: Int) -> Sequential {
  Sequential {
    Linear(inputs, width)
    ReLU()
    Dropout(0.5)
    Linear(width, width)
    ReLU()
    Dropout(0.5)
    Linear(width, classes)
  }
}
