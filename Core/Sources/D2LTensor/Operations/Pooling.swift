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
    let saved = sizes
    return result.recorded("maxPool2d", self) { gradient, node in
      var sizes = saved
      let g = gradient.contiguous()
      let share = AnyTensor(uninitialized: whole, dtype)
      d2l_max_pool2d_gradient(
        dtype.kernel, &sizes, g.pointer, index.pointer.assumingMemoryBound(to: Int32.self), share.pointer)
      // With the places of the maxima fixed the way back is linear, and its own way back picks from those places.
      let way = share.recorded("maxPool2d", g) { second, node in
        let planes = second.reshaped([whole[0] * whole[1], whole[2] * whole[3]])
        let places = index.converted(to: .int64).reshaped([planes.shape[0], index.shape[2] * index.shape[3]])
        node.send(planes.gathering(places, axis: 1).reshaped(index.shape), to: 0)
      }
      node.send(way, to: 0)
    }
  }

  func averagePooled(
    _ kernel: (Int, Int), _ stride: (Int, Int), _ padding: (Int, Int), roundingUp: Bool, countingPadding: Bool
  ) -> AnyTensor {
    let sizes = pooling(kernel, stride, padding, roundingUp: roundingUp, "avgPool2d")
    let (small, whole): (Shape, Shape) = ([shape[0], shape[1], Int(sizes.out_h), Int(sizes.out_w)], shape)
    return mapped(
      "avgPool2d", into: small,
      by: { x, y in
        var sizes = sizes
        d2l_average_pool2d(x.dtype.kernel, &sizes, x.pointer, y.pointer, countingPadding)
      }, from: whole,
      back: { y, x in
        var sizes = sizes
        d2l_average_pool2d_gradient(y.dtype.kernel, &sizes, y.pointer, x.pointer, countingPadding)
      })
  }

  func adaptiveAveragePooled(_ size: (Int, Int)) -> AnyTensor {
    require(rank == 4, "adaptiveAvgPool2d", "input \(shape) is not [batch, channels, height, width]")
    require(
      size.0 > 0 && size.1 > 0 && shape[2] > 0 && shape[3] > 0, "adaptiveAvgPool2d", "input \(shape) to size \(size)")
    var pooling = d2l_pooling()
    pooling.planes = Int64(shape[0] * shape[1])
    (pooling.in_h, pooling.in_w) = (Int64(shape[2]), Int64(shape[3]))
    (pooling.out_h, pooling.out_w) = (Int64(size.0), Int64(size.1))
    let (sizes, whole) = (pooling, shape)
    return mapped(
      "adaptiveAvgPool2d", into: [shape[0], shape[1], size.0, size.1],
      by: { x, y in
        var sizes = sizes
        d2l_adaptive_average_pool2d(x.dtype.kernel, &sizes, x.pointer, y.pointer)
      }, from: whole,
      back: { y, x in
        var sizes = sizes
        d2l_adaptive_average_pool2d_gradient(y.dtype.kernel, &sizes, y.pointer, x.pointer)
      })
  }
}

extension AnyTensor {
  /// A linear map by a kernel, whose gradient is the adjoint kernel, whose gradient is the map again: differentiable as often as one likes.
  ///
  /// Both kernels read a dense array and write every element of another one, which is of the shape `target` (the map) or `source` (the adjoint).
  func mapped(
    _ name: StaticString, into target: Shape, by map: @escaping (_ x: AnyTensor, _ y: AnyTensor) -> Void,
    from source: Shape, back: @escaping (_ y: AnyTensor, _ x: AnyTensor) -> Void
  ) -> AnyTensor {
    let x = contiguous()
    let result = AnyTensor(uninitialized: target, dtype)
    map(x, result)
    return result.recorded(name, self) { gradient, node in
      node.send(gradient.mapped(name, into: source, by: back, from: target, back: map), to: 0)
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
