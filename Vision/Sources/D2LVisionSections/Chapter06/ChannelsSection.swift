import ArgumentParser
import D2LCommands
import D2LCore

/// Section 6.4: several input and output channels, and the 1×1 convolution as a matrix product.
struct ChannelsSection: Section {
  static let info = SectionInfo(
    number: "6.4", title: "Multiple Input and Multiple Output Channels", package: "vision", command: "channels",
    data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("Multiple input channels")
    let x = Tensor<Float>(stacking: [Tensor(arange: 9), Tensor(arange: 9) + 1]).reshaped([2, 3, 3])
    let k = Tensor<Float>(stacking: [Tensor(arange: 4), Tensor(arange: 4) + 1]).reshaped([2, 2, 2])
    run.show("X", x)
    run.show("K", k)
    run.show("corr2dMultiIn(X, K)", corr2dMultiIn(x, k))

    run.part("Multiple output channels")
    let kernels = Tensor(stacking: [k, k + 1, k + 2])
    run.show("shape of K, K + 1, K + 2", "\(kernels.shape)")
    run.show("corr2dMultiInOut(X, K)", corr2dMultiInOut(x, kernels))

    run.part("1×1 convolutional layer")
    let (image, weights) = run.source.scope {
      (Tensor<Float>(randomNormal: [3, 3, 3]), Tensor<Float>(randomNormal: [2, 3, 1, 1]))
    }
    let product = corr2dMultiInOut1x1(image, weights)
    run.show("as a matrix product", product)
    run.show(
      "largest difference from the cross-correlation",
      Double(abs(product - corr2dMultiInOut(image, weights)).max().item()), decimals: 8)
    try run.finish()
  }
}

/// The sum of the channels' cross-correlations: `x` `[in, height, width]`, `kernel` `[in, h, w]`; `[height - h + 1, width - w + 1]`.
public func corr2dMultiIn<S: FloatingScalar>(_ x: Tensor<S>, _ kernel: Tensor<S>) -> Tensor<S> {
  require(x.shape[0] == kernel.shape[0], "corr2dMultiIn", "image \(x.shape), kernel \(kernel.shape)")
  return Tensor(stacking: (0..<x.shape[0]).map { corr2d(x[$0], kernel[$0]) }).sum(axis: 0)
}

/// One kernel for each output channel: `x` `[in, height, width]`, `kernels` `[out, in, h, w]`; `[out, height - h + 1, width - w + 1]`.
public func corr2dMultiInOut<S: FloatingScalar>(_ x: Tensor<S>, _ kernels: Tensor<S>) -> Tensor<S> {
  Tensor(stacking: (0..<kernels.shape[0]).map { corr2dMultiIn(x, kernels[$0]) })
}

/// The same for windows of one pixel, where it is a matrix product: `x` `[in, height, width]`, `kernels` `[out, in, 1, 1]`;
/// `[out, height, width]`.
public func corr2dMultiInOut1x1<S: FloatingScalar>(_ x: Tensor<S>, _ kernels: Tensor<S>) -> Tensor<S> {
  require(
    kernels.shape == [kernels.shape[0], x.shape[0], 1, 1], "corr2dMultiInOut1x1",
    "image \(x.shape), kernels \(kernels.shape)")
  let pixels = x.reshaped([x.shape[0], -1])  // [in, height · width]
  let weights = kernels.reshaped([kernels.shape[0], -1])  // [out, in]
  return weights.matmul(pixels).reshaped([kernels.shape[0], x.shape[1], x.shape[2]])
}
