import CD2LKernels

// Triangles, diagonals and products of whole matrices.

extension AnyTensor {
  /// Diagonal number `offset` of the last two dimensions, as a view.
  func diagonalView(_ offset: Int) -> AnyTensor {
    require(rank >= 2, "diagonal", "an array of shape \(shape) is not a matrix")
    if node != nil && isRecording { return viewed("diagonal") { $0.diagonalView(offset) } }
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let (rowStep, columnStep) = (strides[rank - 2], strides[rank - 1])
    let size = Swift.max(0, offset >= 0 ? Swift.min(rows, columns - offset) : Swift.min(rows + offset, columns))
    var target = Shape(shape[..<(rank - 2)])
    var steps = Strides(strides[..<(rank - 2)])
    target.append(size)
    steps.append(rowStep + columnStep)
    let start = size == 0 ? 0 : offset >= 0 ? offset * columnStep : -offset * rowStep
    return AnyTensor(viewing: self, offset: self.offset + start, shape: target, strides: steps)
  }

  /// Zeros above (or below) diagonal number `diagonal` of the last two dimensions.
  func triangle(diagonal: Int, isLower: Bool) -> AnyTensor {
    require(rank >= 2, "triangle", "an array of shape \(shape) is not a matrix")
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let mask = AnyTensor(shape: [rows, columns], dtype: .bool) { bytes in
      for row in 0..<rows {
        for column in 0..<columns {
          bytes[row * columns + column] = (isLower ? column - row <= diagonal : column - row >= diagonal) ? 1 : 0
        }
      }
    }
    return AnyTensor.select(mask, self, AnyTensor(repeating: 0, shape: [], dtype: dtype))
  }
}

extension Tensor {
  /// The main diagonal of a matrix, or number `offset` (above it if positive): `[…, n, m]` becomes `[…, k]`. A view.
  public func diagonal(offset: Int = 0) -> Tensor { Tensor(erased.diagonalView(offset)) }
}

extension Tensor where Scalar: NumericScalar {
  /// A matrix with the given vector on diagonal number `offset`, zeros elsewhere.
  public init(diagonal values: Tensor, offset: Int = 0) {
    require(values.rank == 1, "diagonal", "values of shape \(values.shape) are not a vector")
    let size = values.count + Swift.abs(offset)
    self.init(values.erased.spread(into: [size, size], "diagonal") { $0.diagonalView(offset) })
  }

  /// The lower triangle of the last two dimensions, zeros above diagonal number `diagonal`.
  public func lowerTriangle(diagonal: Int = 0) -> Tensor {
    Tensor(erased.triangle(diagonal: diagonal, isLower: true))
  }
  /// The upper triangle of the last two dimensions, zeros below diagonal number `diagonal`.
  public func upperTriangle(diagonal: Int = 0) -> Tensor {
    Tensor(erased.triangle(diagonal: diagonal, isLower: false))
  }

  /// The sum of the main diagonal of the last two dimensions.
  public func trace() -> Tensor { diagonal().sum(axis: -1) }

  /// The Kronecker product of two matrices: `[m, n]` and `[p, q]` give `[m p, n q]`.
  public func kroneckerProduct(_ other: Tensor) -> Tensor {
    require(rank == 2 && other.rank == 2, "kroneckerProduct", "\(shape) and \(other.shape) are not matrices")
    let (m, n, p, q) = (shape[0], shape[1], other.shape[0], other.shape[1])
    return (reshaped([m, 1, n, 1]) * other.reshaped([1, p, 1, q])).reshaped([m * p, n * q])
  }

  /// The coordinates of a grid: for vectors of n and m numbers two matrices `[n, m]`, the first constant along rows, the second along
  /// columns (`indexing="ij"` of NumPy and PyTorch). Views.
  public static func meshGrid(_ x: Tensor, _ y: Tensor) -> (Tensor, Tensor) {
    require(x.rank == 1 && y.rank == 1, "meshGrid", "\(x.shape) and \(y.shape) are not vectors")
    let shape: Shape = [x.count, y.count]
    return (x.unsqueezed(axis: 1).expanded(to: shape), y.unsqueezed(axis: 0).expanded(to: shape))
  }
}
