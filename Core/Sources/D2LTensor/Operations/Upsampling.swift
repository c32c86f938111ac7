import CD2LKernels

/// How values between pixels are found.
public enum Interpolation: Sendable, Hashable {
  /// The nearest pixel's.
  case nearest
  /// The weighted mean of the four around. With `alignCorners` the outermost pixels of both images coincide, without it their outer edges do.
  case bilinear(alignCorners: Bool = false)
}

/// Images `[batch, channels, height, width]` in another size: `[batch, channels, size.0, size.1]`, as PyTorch's `interpolate` makes them.
public func upsample<S: FloatingScalar>(
  _ x: Tensor<S>, size: (Int, Int), interpolation: Interpolation = .nearest
) -> Tensor<S> {
  Tensor(x.erased.upsampled(to: size, ratio: nil, interpolation))
}

/// Images `scale` times as high and wide; sizes round down, and pixels are placed by `scale` itself.
public func upsample<S: FloatingScalar>(
  _ x: Tensor<S>, scale: (Double, Double), interpolation: Interpolation = .nearest
) -> Tensor<S> {
  require(x.rank == 4, "upsample", "input \(x.shape) is not [batch, channels, height, width]")
  require(scale.0 > 0 && scale.1 > 0, "upsample", "a scale of \(scale)")
  let size = (Int(Double(x.shape[2]) * scale.0), Int(Double(x.shape[3]) * scale.1))
  return Tensor(x.erased.upsampled(to: size, ratio: (1 / scale.0, 1 / scale.1), interpolation))
}

extension AnyTensor {
  /// `ratio`: input pixels per output pixel where it is not that of the sizes.
  fileprivate func upsampled(
    to size: (Int, Int), ratio: (Double, Double)?, _ interpolation: Interpolation
  ) -> AnyTensor {
    require(rank == 4, "upsample", "input \(shape) is not [batch, channels, height, width]")
    require(
      size.0 > 0 && size.1 > 0 && shape[2] > 0 && shape[3] > 0, "upsample", "input \(shape) to size \(size)")
    var sizes = d2l_upsampling()
    sizes.planes = Int64(shape[0] * shape[1])
    (sizes.in_h, sizes.in_w) = (Int64(shape[2]), Int64(shape[3]))
    (sizes.out_h, sizes.out_w) = (Int64(size.0), Int64(size.1))
    sizes.ratio_h = ratio?.0 ?? Double(shape[2]) / Double(size.0)
    sizes.ratio_w = ratio?.1 ?? Double(shape[3]) / Double(size.1)
    sizes.mode =
      switch interpolation {
      case .nearest: D2L_NEAREST
      case .bilinear(alignCorners: false): D2L_BILINEAR
      case .bilinear(alignCorners: true): D2L_BILINEAR_ALIGNED
      }
    let saved = sizes
    return mapped(
      "upsample", into: [shape[0], shape[1], size.0, size.1],
      by: { x, y in
        var sizes = saved
        d2l_upsample(x.dtype.kernel, &sizes, x.pointer, y.pointer)
      }, from: shape,
      back: { y, x in
        var sizes = saved
        d2l_upsample_gradient(y.dtype.kernel, &sizes, y.pointer, x.pointer)
      })
  }
}
