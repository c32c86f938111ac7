import CD2LKernels

extension AnyTensor {
  func softmax(axis: Int) -> AnyTensor {
    let axis = shape.axis(axis, in: "softmax")
    let x = contiguous()
    let (outer, count, inner) = sizes(around: axis)
    let result = AnyTensor(uninitialized: shape, dtype)
    d2l_softmax(dtype.kernel, x.pointer, result.pointer, outer, count, inner)
    let y = result
    return result.recorded("softmax", self) { gradient, node in
      if isRecording {
        let y = y.asOutput(of: node)
        let dot = (gradient * y).sum(axes: [axis], keepingDimensions: true)
        node.send(y * (gradient - dot), to: 0)
      } else {
        let g = gradient.contiguous()
        let share = AnyTensor(uninitialized: y.shape, y.dtype)
        d2l_softmax_gradient(y.dtype.kernel, y.pointer, g.pointer, share.pointer, outer, count, inner)
        node.send(share, to: 0)
      }
    }
  }

  func logSoftmax(axis: Int) -> AnyTensor {
    let axis = shape.axis(axis, in: "logSoftmax")
    let x = contiguous()
    let (outer, count, inner) = sizes(around: axis)
    let result = AnyTensor(uninitialized: shape, dtype)
    d2l_log_softmax(dtype.kernel, x.pointer, result.pointer, outer, count, inner)
    let y = result
    return result.recorded("logSoftmax", self) { gradient, node in
      if isRecording {
        let y = y.asOutput(of: node)
        node.send(gradient - y.unary(D2L_EXP, "exp") * gradient.sum(axes: [axis], keepingDimensions: true), to: 0)
      } else {
        let g = gradient.contiguous()
        let share = AnyTensor(uninitialized: y.shape, y.dtype)
        d2l_log_softmax_gradient(y.dtype.kernel, y.pointer, g.pointer, share.pointer, outer, count, inner)
        node.send(share, to: 0)
      }
    }
  }

  /// Cross-entropy of each row of logits [rows, classes] with a class id; see d2l_cross_entropy.
  func crossEntropyRows(
    _ targets: AnyTensor, classWeight: AnyTensor?, smoothing: Double, ignoring ignored: Int64
  ) -> AnyTensor {
    let (rows, classes) = (shape[0], shape[1])
    let (x, ids) = (contiguous().detached(), targets.contiguous())
    let weight = classWeight?.contiguous().detached()
    let losses = AnyTensor(uninitialized: [rows], dtype)
    let logSums = AnyTensor(uninitialized: [rows], dtype)
    let idPointer = ids.pointer.assumingMemoryBound(to: Int64.self)
    d2l_cross_entropy(
      dtype.kernel, x.pointer, idPointer, weight?.pointer, smoothing, ignored, losses.pointer, logSums.pointer,
      Int64(rows), Int64(classes))
    return losses.recorded("crossEntropy", self) { gradient, node in
      if isRecording {
        // Row r is -Σ q log softmax(x), with the share q of each class; its gradient is Σq softmax(x) - q.
        let q = x.classShares(ids, classWeight: weight, smoothing: smoothing, ignoring: ignored)
        let total = q.sum(axes: [1], keepingDimensions: true)
        let slope = x.asInput(0, of: node).softmax(axis: 1) * total - q
        node.send(gradient.reshaped([rows, 1]) * slope, to: 0)
        return
      }
      // A mean or a sum sends the same number to all rows: the kernel reads it through a step of 0.
      let step = gradient.strides[0] == 0 || gradient.count == 1 ? 0 : 1
      let g = step == 0 ? gradient : gradient.contiguous()
      let share = AnyTensor(uninitialized: x.shape, x.dtype)
      d2l_cross_entropy_gradient(
        x.dtype.kernel, x.pointer, ids.pointer.assumingMemoryBound(to: Int64.self), weight?.pointer, smoothing, ignored,
        logSums.pointer, g.pointer, Int64(step), share.pointer, Int64(rows), Int64(classes))
      node.send(share, to: 0)
    }
  }
}

extension AnyTensor {
  /// How much each class counts in the cross-entropy of each row, as an array of this one's shape [rows, classes].
  private func classShares(
    _ ids: AnyTensor, classWeight: AnyTensor?, smoothing: Double, ignoring ignored: Int64
  ) -> AnyTensor {
    let classes = shape[1]
    let weights = (classWeight ?? AnyTensor(repeating: 1, shape: [classes], dtype: dtype)).converted(to: .float64)
    let each = Tensor<Double>(weights).values
    let targets = Tensor<Int64>(ids).values
    let shares = Tensor<Double>(shape: shape) { buffer in
      for (row, target) in targets.enumerated() {
        for column in 0..<classes {
          let hit = Int64(column) == target ? 1 - smoothing : 0
          buffer[row * classes + column] = target == ignored ? 0 : each[column] * (hit + smoothing / Double(classes))
        }
      }
    }
    return shares.erased.converted(to: dtype)
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// exp(x) / Σ exp(x) along an axis, safe for large x.
  public func softmax(axis: Int = -1) -> Tensor { Tensor(erased.softmax(axis: axis)) }
  /// The logarithm of ``softmax(axis:)``, without taking the logarithm of a small number.
  public func logSoftmax(axis: Int = -1) -> Tensor { Tensor(erased.logSoftmax(axis: axis)) }

  /// Cross-entropy of each row of logits `[rows, classes]` with class ids `[rows]`, before any reduction: `[rows]`.
  ///
  /// The building block of `crossEntropy`, which checks and reduces. Rows whose target is `ignoring` give 0.
  public func crossEntropyPerRow(
    _ targets: Tensor<Int64>, classWeight: Tensor? = nil, labelSmoothing: Double = 0, ignoring ignored: Int64 = -100
  ) -> Tensor {
    require(rank == 2 && targets.shape == [shape[0]], "crossEntropy", "logits \(shape), targets \(targets.shape)")
    let classes = shape[1]
    require(
      classWeight == nil || classWeight?.shape == [classes], "crossEntropy",
      "class weights \(classWeight?.shape ?? []) for \(classes) classes")
    let bad = targets.withUnsafeBufferPointer { $0.first { $0 != ignored && ($0 < 0 || $0 >= Int64(classes)) } }
    if let bad { fail("crossEntropy", "target \(bad) of \(classes) classes") }
    return Tensor(
      erased.crossEntropyRows(
        targets.erased, classWeight: classWeight?.erased, smoothing: labelSmoothing, ignoring: ignored))
  }
}
