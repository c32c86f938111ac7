import CD2LKernels

/// What can be wrong with the numbers in a matrix (its shape is the caller's affair, and stops the program).
public enum LinearAlgebraError: Error, Hashable, CustomStringConvertible {
  /// The matrix has no inverse. `matrix` is its number in the stack.
  case singular(operation: String, matrix: Int)
  /// A Cholesky factor was asked of a matrix that is not positive definite.
  case notPositiveDefinite(matrix: Int)
  /// A symmetric matrix was asked for.
  case notSymmetric(operation: String)
  /// The iteration did not converge, or the matrix holds NaN.
  case notConverged(operation: String, matrix: Int)

  /// Operation, matrix and what is wrong with it.
  public var description: String {
    switch self {
    case .singular(let operation, let matrix): "\(operation): matrix \(matrix) is singular"
    case .notPositiveDefinite(let matrix): "cholesky: matrix \(matrix) is not positive definite"
    case .notSymmetric(let operation):
      "\(operation): the matrix is not symmetric; take (a + a.transposed()) / 2 if it should be"
    case .notConverged(let operation, let matrix):
      "\(operation): no convergence for matrix \(matrix); does it hold NaN or infinity?"
    }
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// The inverses of square matrices `[…, n, n]`. Differentiable, twice too.
  public func inverse() throws(LinearAlgebraError) -> Tensor { Tensor(try erased.inverted()) }

  /// The determinants of square matrices: `[…, n, n]` becomes `[…]`. Differentiable, also where it is 0.
  public func determinant() -> Tensor { Tensor(erased.determinants().determinant) }

  /// Sign (-1, 0, 1) and logarithm of the absolute value of the determinants, safe where those would overflow. The logarithm is
  /// differentiable.
  public func logDeterminant() -> (sign: Tensor, logarithm: Tensor) {
    let parts = erased.determinants()
    return (Tensor(parts.sign), Tensor(parts.logarithm))
  }

  /// The x of self x = b: `[…, n, n]` and `[…, n, k]`, or `[n]`, whose leading sizes broadcast. Differentiable in both, twice too.
  public func solve(_ b: Tensor) throws(LinearAlgebraError) -> Tensor { Tensor(try erased.solving(b.erased)) }

  /// The lower triangular L with L Lᵀ = self, for symmetric positive definite matrices `[…, n, n]`. Differentiable, twice too.
  public func cholesky() throws(LinearAlgebraError) -> Tensor { Tensor(try erased.choleskyFactor()) }

  /// A square matrix multiplied with itself: `power` times; the inverse where it is negative. Differentiable.
  public func matrixPower(_ power: Int) throws(LinearAlgebraError) -> Tensor {
    erased.requireSquare("matrixPower")
    var base = power < 0 ? try inverse() : self
    var left = power.magnitude
    var result: Tensor?
    while left > 0 {
      if left & 1 == 1 { result = result.map { $0.matmul(base) } ?? base }
      left >>= 1
      if left > 0 { base = base.matmul(base) }
    }
    return result ?? Tensor(eye: shape[rank - 1]).expanded(to: shape)
  }
}

extension AnyTensor {
  @discardableResult
  func requireSquare(_ name: StaticString) -> (size: Int, batch: Int) {
    require(
      rank >= 2 && shape[rank - 1] == shape[rank - 2], name,
      "an array of shape \(shape) is not a square matrix, nor a stack of such")
    return (shape[rank - 1], shape[..<(rank - 2)].reduce(1, *))
  }

  /// Stops at asymmetry that rounding does not explain. `LAPACK` would read one triangle and say nothing.
  func requireSymmetric(_ name: StaticString) throws(LinearAlgebraError) {
    requireSquare(name)
    if count == 0 { return }
    let plain = detached()
    let difference = plain.binary(D2L_SUB, plain.transposedMatrix(), name)
    func largest(_ x: AnyTensor) -> Double {
      let value = x.applying(D2L_ABS).reduced(D2L_REDUCE_MAX, axes: nil, keepingDimensions: false, name)
      return Tensor<Double>(converting: value).item()
    }
    let tolerance = dtype == .float32 ? 3e-4 : 1e-8
    if largest(difference) > tolerance * largest(plain) { throw .notSymmetric(operation: "\(name)") }
  }

  func inverted() throws(LinearAlgebraError) -> AnyTensor {
    let (n, batch) = requireSquare("inverse")
    let result = copied()
    var failed: Int64 = 0
    if count > 0 && d2l_inverse(dtype.kernel, result.pointer, Int64(n), Int64(batch), &failed) != 0 {
      throw .singular(operation: "inverse", matrix: Int(failed))
    }
    let y = result
    return result.recorded("inverse", self) { gradient, node in
      let transposed = y.asOutput(of: node).transposedMatrix()
      node.send(-transposed.multiplied(by: gradient).multiplied(by: transposed), to: 0)
    }
  }

  func determinants() -> (determinant: AnyTensor, sign: AnyTensor, logarithm: AnyTensor) {
    let (n, batch) = requireSquare("determinant")
    let factors = copied()
    let pivots = AnyTensor(uninitialized: [batch, n], .int32)
    let target = Shape(shape[..<(rank - 2)])
    let determinant = AnyTensor(uninitialized: target, dtype)
    let sign = AnyTensor(uninitialized: target, dtype)
    let logarithm = AnyTensor(uninitialized: target, dtype)
    let pivotPointer = pivots.pointer.assumingMemoryBound(to: Int32.self)
    if count > 0 { _ = d2l_lu(dtype.kernel, factors.pointer, pivotPointer, Int64(n), Int64(batch)) }
    d2l_lu_determinant(
      dtype.kernel, factors.pointer, pivotPointer, determinant.pointer, sign.pointer, logarithm.pointer, Int64(n),
      Int64(batch))
    let x = detached()
    let value = determinant
    return (
      determinant.recorded("determinant", self) { gradient, node in
        let g = gradient.inserted(axis: gradient.rank).inserted(axis: gradient.rank + 1)
        if isRecording {
          guard let inverse = try? x.asInput(0, of: node).inverted() else {
            fail("determinant", "has no second derivative here at a singular matrix")
          }
          let y = value.asOutput(of: node)
          let scale = y.inserted(axis: y.rank).inserted(axis: y.rank + 1)
          node.send(g * scale * inverse.transposedMatrix(), to: 0)
        } else {
          node.send(g * x.cofactors(), to: 0)
        }
      }, sign,
      logarithm.recorded("logDeterminant", self) { gradient, node in
        guard let inverse = try? x.asInput(0, of: node).inverted() else {
          fail("logDeterminant", "has no derivative at a singular matrix")
        }
        let g = gradient.inserted(axis: gradient.rank).inserted(axis: gradient.rank + 1)
        node.send(g * inverse.transposedMatrix(), to: 0)
      }
    )
  }

  /// The derivative of the determinant, det · inverseᵀ where there is an inverse. By the singular values in any case:
  /// with a = u s vᵀ it is det u det v · u diag(product of the other s) vᵀ, which divides nothing.
  private func cofactors() -> AnyTensor {
    guard let parts = try? singularValues(full: false) else {
      return AnyTensor(repeating: .nan, shape: shape, dtype: dtype)
    }
    let (u, s, vt) = (parts.u.detached(), parts.s.detached(), parts.vt.detached())
    if count == 0 { return detached() }
    let total = s.reduced(D2L_PROD, axes: [-1], keepingDimensions: true, "determinant")
    // The product of all but one singular value, without dividing by one that may be 0.
    let line = AnyTensor(repeating: 0, shape: s.shape, dtype: dtype)
    copy(
      AnyTensor(repeating: 1, shape: total.shape, dtype: dtype),
      into: line.sliced(axis: line.rank - 1, from: line.shape[line.rank - 1] - 1, count: 1))
    let others = s.cumulativeProductGradient(line, axis: s.rank - 1)
    let orientation = u.determinants().determinant * vt.determinants().determinant
    let scale = orientation.inserted(axis: orientation.rank) * others
    return (u * scale.inserted(axis: scale.rank - 1)).multiplied(by: vt)
  }

  func solving(_ b: AnyTensor) throws(LinearAlgebraError) -> AnyTensor {
    let (n, _) = requireSquare("solve")
    if b.rank == 1 {
      return try solving(b.inserted(axis: 1)).droppingLast()
    }
    require(
      b.rank >= 2 && b.shape[b.rank - 2] == n && b.dtype == dtype, "solve",
      "the matrix is \(shape) \(dtype), the right-hand sides \(b.shape) \(b.dtype)")
    guard let stack = Shape(shape[..<(rank - 2)]).broadcast(with: Shape(b.shape[..<(b.rank - 2)])) else {
      fail("solve", "the leading sizes of \(shape) and \(b.shape) do not broadcast")
    }
    let columns = b.shape[b.rank - 1]
    let factors = broadcast(to: Shape(stack + [n, n])).copied()
    let sides = b.broadcast(to: Shape(stack + [n, columns])).transposedMatrix().copied()
    var failed: Int64 = 0
    let info =
      factors.count == 0
      ? 0
      : d2l_solve(
        dtype.kernel, factors.pointer, sides.pointer, Int64(n), Int64(columns), Int64(stack.elementCount), &failed)
    if info != 0 { throw .singular(operation: "solve", matrix: Int(failed)) }
    let (a, x) = (detached(), sides.transposedMatrix())
    let sideShape = b.shape
    return x.recorded("solve", self, b) { gradient, node in
      let a = a.asInput(0, of: node)
      guard let share = try? a.transposedMatrix().solving(gradient) else {
        fail("solve", "the matrix of a solved system is singular")
      }
      node.send(share.reduced(to: sideShape), to: 1)
      node.send((-share.multiplied(by: x.asOutput(of: node).transposedMatrix())).reduced(to: a.shape), to: 0)
    }
  }

  private func droppingLast() -> AnyTensor {
    var target = shape
    target.remove(at: rank - 1)
    return reshapedView(target)
  }

  func choleskyFactor() throws(LinearAlgebraError) -> AnyTensor {
    try requireSymmetric("cholesky")
    let (n, batch) = requireSquare("cholesky")
    let result = copied()
    var failed: Int64 = 0
    if count > 0 && d2l_cholesky(dtype.kernel, result.pointer, Int64(n), Int64(batch), &failed) != 0 {
      throw .notPositiveDefinite(matrix: Int(failed))
    }
    let factor = result
    return result.recorded("cholesky", self) { gradient, node in
      // Murray, Differentiation of the Cholesky decomposition (2016): L⁻ᵀ sym(Φ(Lᵀ g)) L⁻¹ with Φ the lower triangle, diagonal halved.
      let l = factor.asOutput(of: node)
      let transposed = l.transposedMatrix()
      let half = transposed.multiplied(by: gradient).triangle(diagonal: 0, isLower: true).halvingDiagonal()
      let symmetric = (half + half.transposedMatrix()).scaled(by: 0.5)
      guard let left = try? transposed.solving(symmetric),
        let share = try? transposed.solving(left.transposedMatrix())
      else { fail("cholesky", "the factor is singular") }
      node.send(share, to: 0)
    }
  }

  /// The matrix with half its diagonal.
  func halvingDiagonal() -> AnyTensor {
    let n = shape[rank - 1]
    let mask = AnyTensor(repeating: 1, shape: [n, n], dtype: dtype)
    copy(AnyTensor(repeating: 0.5, shape: [n], dtype: dtype), into: mask.diagonalView(0))
    return self * mask
  }
}
