import CD2LKernels

extension AnyTensor {
  private func pooling(
    _ kernel: (Int, Int), _ stride: (Int, Int), _ padding: (Int, Int), roundingUp: Bool, _ name: StaticString
  ) -> d2l_pooling {
    require(rank == 4, name, "input \(shape) is not [batch, channels, height, width]")
    require(
      padding.0 * 2 <= kernel.0 && padding.1 * 2 <= kernel.1, name,
      "padding \(padding) is more than half of the window \(kernel)")
    func windows(_ size: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Int {
      let count = ConvolutionGeometry.outputSize(
        size + (roundingUp ? stride - 1 : 0), kernel: kernel, stride, padding, 1)
      // The last window has to begin inside the image or its padding on the left.
      return roundingUp && (count - 1) * stride >= size + padding ? count - 1 : count
    }
    let height = windows(shape[2], kernel.0, stride.0, padding.0)
    let width = windows(shape[3], kernel.1, stride.1, padding.1)
    require(height > 0 && width > 0, name, "the window \(kernel) is larger than the input \(shape)")
    return d2l_pooling(
      planes: Int64(shape[0] * shape[1]), in_h: Int64(shape[2]), in_w: Int64(shape[3]), out_h: Int64(height),
      out_w: Int64(width), kernel_h: Int64(kernel.0), kernel_w: Int64(kernel.1), stride_h: Int64(stride.0),
      stride_w: Int64(stride.1), pad_h: Int64(padding.0), pad_w: Int64(padding.1))
  }

  func maxPooled(_ kernel: (Int, Int), _ stride: (Int, Int), _ padding: (Int, Int), roundingUp: Bool) -> AnyTensor {
    var sizes = pooling(kernel, stride, padding, roundingUp: roundingUp, "maxPool2d")
    let x = contiguous()
    let result = AnyTensor(uninitialized: [shape[0], shape[1], Int(sizes.out_h), Int(sizes.out_w)], dtype)
    guard node != nil, isRecording else {
      d2l_max_pool2d(dtype.kernel, &sizes, x.pointer, result.pointer, nil)
      return result
    }
    let index = AnyTensor(uninitialized: result.shape, .int32)
    d2l_max_pool2d(
      dtype.kernel, &sizes, x.pointer, result.pointer, index.pointer.assumingMemoryBound(to: Int32.self))
    let (whole, dtype) = (shape, dtype)
    return result.recorded("maxPool2d", self) { gradient, node in
      requireFirstOrder("maxPool2d")
      var sizes = sizes
      let g = gradient.contiguous()
      let share = AnyTensor(uninitialized: whole, dtype)
      d2l_max_pool2d_gradient(
        dtype.kernel, &sizes, g.pointer, index.pointer.assumingMemoryBound(to: Int32.self), share.pointer)
      node.send(share, to: 0)
    }
  }

  func averagePooled(
    _ kernel: (Int, Int), _ stride: (Int, Int), _ padding: (Int, Int), roundingUp: Bool, countingPadding: Bool
  ) -> AnyTensor {
    var sizes = pooling(kernel, stride, padding, roundingUp: roundingUp, "avgPool2d")
    let x = contiguous()
    let result = AnyTensor(uninitialized: [shape[0], shape[1], Int(sizes.out_h), Int(sizes.out_w)], dtype)
    d2l_average_pool2d(dtype.kernel, &sizes, x.pointer, result.pointer, countingPadding)
    let (whole, dtype) = (shape, dtype)
    return result.recorded("avgPool2d", self) { gradient, node in
      requireFirstOrder("avgPool2d")
      var sizes = sizes
      let g = gradient.contiguous()
      let share = AnyTensor(uninitialized: whole, dtype)
      d2l_average_pool2d_gradient(dtype.kernel, &sizes, g.pointer, share.pointer, countingPadding)
      node.send(share, to: 0)
    }
  }

  func adaptiveAveragePooled(_ size: (Int, Int)) -> AnyTensor {
    require(rank == 4, "adaptiveAvgPool2d", "input \(shape) is not [batch, channels, height, width]")
    require(
      size.0 > 0 && size.1 > 0 && shape[2] > 0 && shape[3] > 0, "adaptiveAvgPool2d", "input \(shape) to size \(size)")
    var sizes = d2l_pooling()
    sizes.planes = Int64(shape[0] * shape[1])
    (sizes.in_h, sizes.in_w) = (Int64(shape[2]), Int64(shape[3]))
    (sizes.out_h, sizes.out_w) = (Int64(size.0), Int64(size.1))
    let x = contiguous()
    let result = AnyTensor(uninitialized: [shape[0], shape[1], size.0, size.1], dtype)
    d2l_adaptive_average_pool2d(dtype.kernel, &sizes, x.pointer, result.pointer)
    let (whole, dtype) = (shape, dtype)
    return result.recorded("adaptiveAvgPool2d", self) { [sizes] gradient, node in
      requireFirstOrder("adaptiveAvgPool2d")
      var sizes = sizes
      let g = gradient.contiguous()
      let share = AnyTensor(uninitialized: whole, dtype)
      d2l_adaptive_average_pool2d_gradient(dtype.kernel, &sizes, g.pointer, share.pointer)
      node.send(share, to: 0)
    }
  }
}

/// The largest of each window of `[batch, channels, height, width]`; padding counts as minus infinity. `stride` nil is the window's
/// size. `roundingUp` keeps a last window that sticks out.
public func maxPool2d<S: FloatingScalar>(
  _ x: Tensor<S>, kernel: (Int, Int), stride: (Int, Int)? = nil, padding: (Int, Int) = (0, 0), roundingUp: Bool = false
) -> Tensor<S> {
  Tensor(x.erased.maxPooled(kernel, stride ?? kernel, padding, roundingUp: roundingUp))
}

/// The mean of each window of `[batch, channels, height, width]`; zeros of the padding count in the divisor if `countingPadding`.
public func avgPool2d<S: FloatingScalar>(
  _ x: Tensor<S>, kernel: (Int, Int), stride: (Int, Int)? = nil, padding: (Int, Int) = (0, 0), roundingUp: Bool = false,
  countingPadding: Bool = true
) -> Tensor<S> {
  Tensor(
    x.erased.averagePooled(
      kernel, stride ?? kernel, padding, roundingUp: roundingUp, countingPadding: countingPadding))
}

/// Means over windows chosen so that the result is `[batch, channels, size.0, size.1]`; (1, 1) is global pooling.
public func adaptiveAvgPool2d<S: FloatingScalar>(_ x: Tensor<S>, size: (Int, Int)) -> Tensor<S> {
  Tensor(x.erased.adaptiveAveragePooled(size))
}
