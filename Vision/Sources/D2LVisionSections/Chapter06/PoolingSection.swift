import ArgumentParser
import D2LCommands
import D2LCore

/// Section 6.5: the largest and the mean of each window, with padding and stride, channel by channel.
struct PoolingSection: Section {
  static let info = SectionInfo(number: "6.5", title: "Pooling", package: "vision", command: "pooling", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("Maximum pooling and average pooling")
    let small = Tensor<Float>(arange: 9).reshaped([3, 3])
    run.show("X", small)
    run.show("largest of 2 × 2", pool2d(small, (2, 2), .maximum))
    run.show("mean of 2 × 2", pool2d(small, (2, 2), .average))

    run.part("Padding and stride")
    let x = Tensor<Float>(arange: 16).reshaped([1, 1, 4, 4])
    run.show("X", x)
    run.show("largest of 3 × 3, stride as large", MaxPool2d(3)(x))
    run.show("padding 1, stride 2", MaxPool2d(3, stride: 2, padding: 1)(x))
    run.show(
      "2 × 3, padding 1 and 1, stride 2 and 3", MaxPool2d((2, 3), stride: (2, 3), padding: (1, 1))(x))

    run.part("Multiple channels")
    let channels = x.concatenated(with: x + 1, axis: 1)
    run.show("X and X + 1, padding 1, stride 2", MaxPool2d(3, stride: 2, padding: 1)(channels))
    try run.finish()
  }
}

/// What pooling keeps of a window.
public enum PoolingMode: Sendable {
  /// Its largest element.
  case maximum
  /// The mean of its elements.
  case average
}

/// Pooling at stride 1, by its definition: `x` `[height, width]`, windows of `size`; `[height - size.0 + 1, width - size.1 + 1]`.
public func pool2d<S: FloatingScalar>(_ x: Tensor<S>, _ size: (Int, Int), _ mode: PoolingMode) -> Tensor<S> {
  windows(of: x, size) { window in
    switch mode {
    case .maximum: window.max()
    case .average: window.mean()
    }
  }
}
