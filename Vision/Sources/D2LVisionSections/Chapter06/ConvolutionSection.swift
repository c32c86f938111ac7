import ArgumentParser
import D2LCommands
import D2LCore

/// Section 6.2: cross-correlation written out, edges found by it, and a kernel learned from what it should give.
struct ConvolutionSection: Section {
  static let info = SectionInfo(
    number: "6.2", title: "Convolutions for Images", package: "vision", command: "convolution", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("The cross-correlation operation")
    let x = Tensor<Float>(arange: 9).reshaped([3, 3])
    let k = Tensor<Float>(arange: 4).reshaped([2, 2])
    run.show("corr2d of 0 … 8 and 0 … 3", corr2d(x, k))

    run.part("Object edge detection in images")
    var image = Tensor<Float>(ones: [6, 8])
    image.fill(.all, 2..<6, with: 0)
    run.show("image", image)
    let edge = Tensor<Float>([[1, -1]])
    let edges = corr2d(image, edge)
    run.show("its edges by the kernel [1, -1]", edges)
    run.show("the edges of its transpose", corr2d(image.transposed(), edge))

    run.part("Learning a kernel")
    // The written-out layer and the library's, from the same weights, on the same steps.
    let layer = run.source.scope { CrossCorrelation2d(kernel: (1, 2)) }
    let concise = Conv2d(1, 1, kernel: (1, 2), bias: false)
    concise.weight.value = layer.weight.value.reshaped([1, 1, 1, 2])
    var losses: [Double] = []
    for step in 1...10 {
      let loss = learn(layer.weight, from: (layer(image) - edges))
      _ = learn(concise.weight, from: concise(image.reshaped([1, 1, 6, 8])) - edges.reshaped([1, 1, 6, 7]))
      losses.append(loss)
      if step % 2 == 0 { run.show("loss after step \(step)", loss, decimals: 3) }
    }
    run.show("the kernel learned by the layer written out", layer.weight.value)
    run.show("the kernel learned by Conv2d", concise.weight.value.reshaped([1, 2]))
    var chart = LineChart(
      title: "learning the kernel [1, -1]", x: Axis("step", ticks: .integers),
      y: Axis("squared error", scale: .logarithmic))
    chart.add(Series("loss", x: (1...losses.count).map(Double.init), y: losses))
    try run.plot("loss", chart)
    try run.finish()
  }

  /// One step of gradient descent on the sum of squared errors, which is returned.
  private func learn(_ weight: Parameter, from error: Tensor<Float>) -> Double {
    let loss = (error * error).sum()
    weight.zeroGradient()
    loss.backward()
    if let gradient = weight.gradient { weight.value -= 0.03 * gradient }
    return Double(loss.item())
  }
}

/// Two-dimensional cross-correlation, by its definition: every output is the sum of the window under the kernel, weighed by it.
/// `x` `[height, width]`, `kernel` `[h, w]`; `[height - h + 1, width - w + 1]`.
public func corr2d<S: FloatingScalar>(_ x: Tensor<S>, _ kernel: Tensor<S>) -> Tensor<S> {
  windows(of: x, (kernel.shape[0], kernel.shape[1])) { window in (window * kernel).sum() }
}

/// What `reduce` makes of every window of `size` in `x` `[height, width]`: `[height - size.0 + 1, width - size.1 + 1]`.
func windows<S: FloatingScalar>(
  of x: Tensor<S>, _ size: (Int, Int), _ reduce: (Tensor<S>) -> Tensor<S>
) -> Tensor<S> {
  require(
    x.rank == 2 && size.0 <= x.shape[0] && size.1 <= x.shape[1], "windows", "windows of \(size) in \(x.shape)")
  let rows = (0...(x.shape[0] - size.0)).map { row in
    Tensor(
      stacking: (0...(x.shape[1] - size.1)).map { column in
        reduce(x[row..<(row + size.0), column..<(column + size.1)])
      })
  }
  return Tensor(stacking: rows)
}

/// A convolutional layer of one channel by ``corr2d(_:_:)``: `[height, width]` to `[height - h + 1, width - w + 1]`. Parameters: `weight`
/// `[h, w]`, uniform on [0, 1) at first, and `bias`, a number, 0 at first.
public final class CrossCorrelation2d: Layer {
  /// The kernel.
  public let weight: Parameter
  /// What is added.
  public let bias: Parameter

  /// A layer with a kernel of (height, width).
  public init(kernel: (Int, Int)) {
    weight = Parameter([kernel.0, kernel.1], .uniform())
    bias = Parameter([], .zeros)
  }

  /// The layer's output for `x`.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { corr2d(x, weight.value) + bias.value }
}
