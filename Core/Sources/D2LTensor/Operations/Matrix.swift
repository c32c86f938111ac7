import CD2LKernels

/// A matrix (or stack of matrices) as BLAS reads it: rows a fixed distance apart, perhaps transposed.
private struct MatrixOperand {
  let array: AnyTensor
  let isTransposed: Bool
  let leading: Int

  /// `array` as it lies if its last two dimensions suit BLAS one way or the other; else a dense copy.
  init(_ array: AnyTensor) {
    let rank = array.rank
    let (rows, columns) = (array.shape[rank - 2], array.shape[rank - 1])
    let (rowStep, columnStep) = (array.strides[rank - 2], array.strides[rank - 1])
    if (columnStep == 1 || columns == 1) && (rowStep >= max(columns, 1) || rows == 1) {
      self.array = array
      isTransposed = false
      leading = rows == 1 ? max(columns, 1) : rowStep
    } else if (rowStep == 1 || rows == 1) && columnStep >= max(rows, 1) {
      self.array = array
      isTransposed = true
      leading = columnStep
    } else {
      self.array = array.copied()
      isTransposed = false
      leading = max(columns, 1)
    }
  }
}

extension AnyTensor {
  /// Matrix product of the last two dimensions, leading ones broadcast. Both ranks are at least 2.
  fileprivate func matrixProduct(_ other: AnyTensor) -> AnyTensor {
    let (m, k) = (shape[rank - 2], shape[rank - 1])
    let n = other.shape[other.rank - 1]
    require(
      k == other.shape[other.rank - 2] && dtype == other.dtype, "matmul",
      "left is \(shape) \(dtype), right is \(other.shape) \(other.dtype); the inner sizes must agree")
    if rank == 2 && other.rank == 2 {
      let result = AnyTensor(uninitialized: [m, n], dtype)
      let (left, right) = (MatrixOperand(self), MatrixOperand(other))
      d2l_gemm(
        dtype.kernel, left.isTransposed, right.isTransposed, Int64(m), Int64(n), Int64(k), 1, left.array.pointer,
        Int64(left.leading), right.array.pointer, Int64(right.leading), 0, result.pointer, Int64(max(n, 1)))
      return result
    }
    // A stack times one matrix is one tall product.
    if rank > 2 && other.rank == 2 && isContiguous {
      var target = shape
      target[rank - 1] = n
      return detached().reshaped([count / max(k, 1), k]).matrixProduct(other).reshaped(target)
    }
    let (leftBatch, rightBatch) = (Shape(shape.dropLast(2)), Shape(other.shape.dropLast(2)))
    guard let batch = leftBatch.broadcast(with: rightBatch) else {
      fail("matmul", "the leading sizes of \(shape) and \(other.shape) do not broadcast")
    }
    var target = batch
    target.append(m)
    target.append(n)
    let result = AnyTensor(uninitialized: target, dtype)
    let left = MatrixOperand(batched(to: batch))
    let right = MatrixOperand(other.batched(to: batch))
    let steps = (left.array.batchStep, right.array.batchStep)
    if let leftStep = steps.0, let rightStep = steps.1 {
      d2l_gemm_batched(
        dtype.kernel, left.isTransposed, right.isTransposed, Int64(m), Int64(n), Int64(k), 1, left.array.pointer,
        Int64(left.leading), Int64(leftStep), right.array.pointer, Int64(right.leading), Int64(rightStep), 0,
        result.pointer, Int64(max(n, 1)), Int64(m * n), Int64(batch.elementCount))
      return result
    }
    // Matrices at irregular distances: one by one.
    for (position, index) in batch.indicesInOrder().enumerated() {
      let a = left.array.pointer + left.array.distance(of: index) * dtype.byteWidth
      let b = right.array.pointer + right.array.distance(of: index) * dtype.byteWidth
      d2l_gemm(
        dtype.kernel, left.isTransposed, right.isTransposed, Int64(m), Int64(n), Int64(k), 1, a, Int64(left.leading), b,
        Int64(right.leading), 0, result.pointer + position * m * n * dtype.byteWidth, Int64(max(n, 1)))
    }
    return result
  }

  private func batched(to batch: Shape) -> AnyTensor {
    var target = batch
    target.append(shape[rank - 2])
    target.append(shape[rank - 1])
    return broadcast(to: target)
  }

  /// The one distance between consecutive matrices of a stack, if there is one.
  private var batchStep: Int? {
    var step: Int?
    var expected = 0
    var index = rank - 3
    while index >= 0 {
      let size = shape[index]
      if size != 1 {
        if step == nil {
          step = strides[index]
          expected = strides[index] * size
        } else {
          if strides[index] != expected { return nil }
          expected *= size
        }
      }
      index -= 1
    }
    return step ?? 0
  }

  private func distance(of index: Shape) -> Int {
    var sum = 0
    for position in 0..<index.count { sum += index[position] * strides[position] }
    return sum
  }

  /// The product with its derivative; vectors are taken as rows (left) and columns (right), as NumPy does.
  func multiplied(by other: AnyTensor) -> AnyTensor {
    require(rank >= 1 && other.rank >= 1, "matmul", "left is \(shape), right is \(other.shape)")
    if rank == 1 || other.rank == 1 {
      let left = rank == 1 ? inserted(axis: 0) : self
      let right = other.rank == 1 ? other.inserted(axis: 1) : other
      var product = left.multiplied(by: right)
      var target = product.shape
      if other.rank == 1 { target.remove(at: target.count - 1) }
      if rank == 1 { target.remove(at: target.count - (other.rank == 1 ? 1 : 2)) }
      product = product.reshaped(target)
      return product
    }
    let product = matrixProduct(other)
    guard AnyTensor.isRecorded(self, other) else { return product }
    let (x, y) = (detached(), other.detached())
    return product.recorded("matmul", self, other) { gradient, node in
      let (x, y) = (x.asInput(0, of: node), y.asInput(1, of: node))
      if y.rank == 2 && x.rank > 2 {
        // One tall product again, so that the sum over the stack is part of it.
        let (k, n) = (y.shape[0], y.shape[1])
        node.send(gradient.multiplied(by: y.transposedMatrix()), to: 0)
        node.send(x.reshaped([-1, k]).transposedMatrix().multiplied(by: gradient.reshaped([-1, n])), to: 1)
      } else {
        node.send(gradient.multiplied(by: y.transposedMatrix()).reduced(to: x.shape), to: 0)
        node.send(x.transposedMatrix().multiplied(by: gradient).reduced(to: y.shape), to: 1)
      }
    }
  }

  /// activation(x wᵀ + bias) in one pass: x [..., in], w [out, in], bias [out] or nil.
  func linear(_ weight: AnyTensor, _ bias: AnyTensor?, _ activation: FusedActivation) -> AnyTensor {
    require(
      rank >= 1 && weight.rank == 2 && shape[rank - 1] == weight.shape[1] && dtype == weight.dtype, "linear",
      "input is \(shape) \(dtype), weight is \(weight.shape) \(weight.dtype): the last size must be \(weight.rank == 2 ? String(weight.shape[1]) : "the weight's second")"
    )
    let (out, width) = (weight.shape[0], weight.shape[1])
    require(
      bias == nil || bias?.shape == [out], "linear", "bias is \(bias?.shape ?? []), weight is \(weight.shape)")
    var target = shape
    target[rank - 1] = out
    let (x, w, b) = (contiguous().detached(), weight.contiguous().detached(), bias?.contiguous())
    let rows = target.elementCount / max(out, 1)
    let result = AnyTensor(uninitialized: target, dtype)
    d2l_linear(
      dtype.kernel, x.pointer, w.pointer, b?.pointer, activation.kernel, result.pointer, Int64(rows), Int64(width),
      Int64(out))
    let y = activation == .none ? nil : result
    return result.recorded("linear", self, weight, bias) { gradient, node in
      let x = x.asInput(0, of: node)
      let w = w.asInput(1, of: node)
      let g = activation.gradient(gradient, y?.asOutput(of: node)).reshaped([rows, out])
      node.send(g.multiplied(by: w).reshaped(x.shape), to: 0)
      node.send(g.transposedMatrix().multiplied(by: x.reshaped([rows, width])), to: 1)
      node.send(g.sum(axes: [0]), to: 2)
    }
  }
}

/// What a layer applies to its output in the same pass.
public enum FusedActivation: Sendable {
  /// Nothing.
  case none
  /// max(x, 0).
  case relu
  /// 1 / (1 + e^-x).
  case sigmoid
  /// The hyperbolic tangent.
  case tanh

  var kernel: d2l_activation {
    switch self {
    case .none: D2L_ACTIVATION_NONE
    case .relu: D2L_ACTIVATION_RELU
    case .sigmoid: D2L_ACTIVATION_SIGMOID
    case .tanh: D2L_ACTIVATION_TANH
    }
  }

  /// The gradient before the activation from that behind it and the output.
  func gradient(_ gradient: AnyTensor, _ output: AnyTensor?) -> AnyTensor {
    guard let output, let op = unary else { return gradient.contiguous() }
    if isRecording {
      switch self {
      case .relu: return gradient * output.binary(D2L_GT, scalar: 0).converted(to: output.dtype)
      case .sigmoid: return gradient * output * output.subtracted(from: 1)
      default: return gradient * (output * output).subtracted(from: 1)
      }
    }
    let g = gradient.contiguous()
    let result = AnyTensor(uninitialized: g.shape, g.dtype)
    d2l_unary_gradient(
      g.dtype.kernel, op, g.pointer, nil, output.pointer, result.pointer, Int64(g.count), 0, 0)
    return result
  }

  private var unary: d2l_unary_op? {
    switch self {
    case .none: nil
    case .relu: D2L_RELU
    case .sigmoid: D2L_SIGMOID
    case .tanh: D2L_TANH
    }
  }
}

extension Shape {
  /// All index tuples of an array of this shape in row-major order.
  func indicesInOrder() -> [Shape] {
    var result: [Shape] = []
    result.reserveCapacity(elementCount)
    if contains(0) { return [] }
    var index = Shape(repeating: 0, count: count)
    while true {
      result.append(index)
      var axis = count - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < self[axis] { break }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return result }
    }
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// The matrix product of the last two dimensions; leading dimensions broadcast. A vector counts as a row on the left and as a column on
  /// the right, and its dimension is dropped from the result.
  public func matmul(_ other: Tensor) -> Tensor { Tensor(erased.multiplied(by: other.erased)) }

  /// The inner product of two vectors.
  public func dot(_ other: Tensor) -> Tensor {
    require(rank == 1 && other.rank == 1, "dot", "\(shape) and \(other.shape) are not vectors")
    return matmul(other)
  }

  /// All products of an element of one vector with one of the other: `[n, m]`.
  public func outer(_ other: Tensor) -> Tensor {
    require(rank == 1 && other.rank == 1, "outer", "\(shape) and \(other.shape) are not vectors")
    return reshaped([count, 1]) * other.reshaped([1, other.count])
  }
}

/// activation(x wᵀ + bias): x `[..., in]`, weight `[out, in]`, bias `[out]`; result `[..., out]`.
public func linear<S: FloatingScalar>(
  _ x: Tensor<S>, weight: Tensor<S>, bias: Tensor<S>? = nil, activation: FusedActivation = .none
) -> Tensor<S> {
  Tensor(x.erased.linear(weight.erased, bias?.erased, activation))
}
