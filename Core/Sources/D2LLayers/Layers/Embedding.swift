import D2LTensor

/// A row of a table for each id: `[…]` to `[…, width]`.
///
/// Parameter: `weight` `[count, width]`, standard normal at first (PyTorch's default). The row of a padding id is zero at first and its
/// gradient is zero, so that training leaves it as it is.
///
/// The gradient of the table is dense, zero in rows that no id points to: optimizers with momentum or decay move those rows too, as PyTorch's
/// do. With `sparse` it is a `SparseGradient` of the rows that ids point to, and a step of an optimizer costs as much as those rows: see
/// `Optimizer.updatesRows` for what that means.
public final class Embedding: Module {
  /// What is learned; its shape is given above.
  public let weight: Parameter
  /// The id whose row is not trained.
  public let padding: Int?
  /// Whether the gradient is of the rows that were read alone.
  public let isSparse: Bool

  /// A table of `count` rows.
  public init(_ count: Int, _ width: Int, padding: Int? = nil, sparse: Bool = false) {
    require(count > 0 && width > 0, "Embedding", "\(count) rows of \(width)")
    self.padding = Embedding.checked(padding, count)
    isSparse = sparse
    var table = Initializer.normal()([count, width])
    if let row = self.padding { table.fill(row, with: 0) }
    weight = Parameter(table)
  }

  /// A table that exists, perhaps shared with another layer.
  public init(weight: Parameter, padding: Int? = nil, sparse: Bool = false) {
    require(weight.shape.count == 2, "Embedding", "a table of shape \(weight.shape)")
    self.weight = weight
    isSparse = sparse
    self.padding = Embedding.checked(padding, weight.shape[0])
  }

  /// A negative padding id counts from the end, as PyTorch's does.
  static func checked(_ padding: Int?, _ count: Int) -> Int? {
    guard let padding else { return nil }
    let row = padding < 0 ? padding + count : padding
    require(row >= 0 && row < count, "Embedding", "padding id \(padding) of \(count) rows")
    return row
  }

  /// The rows of `ids`.
  public func callAsFunction(_ ids: Tensor<Int64>) -> Tensor<Float> {
    embedding(ids, weight: weight.value, padding: padding, sparse: isSparse)
  }
}

/// Rows of a table for bags of ids, summed, averaged or maximised at once: `[bags, …]` to `[bags, width]`.
///
/// Parameter: `weight` `[count, width]`, standard normal at first (PyTorch's default). A padding id counts nothing and is not trained.
public final class EmbeddingBag: Module {
  /// What is learned; its shape is given above.
  public let weight: Parameter
  /// The id that counts nothing.
  public let padding: Int?
  private let reduction: BagReduction

  /// A table of `count` rows.
  public init(_ count: Int, _ width: Int, reduction: BagReduction = .mean, padding: Int? = nil) {
    let table = Embedding(count, width, padding: padding)
    weight = table.weight
    self.padding = table.padding
    self.reduction = reduction
  }

  /// Bags of one size: ids `[bags, size]`, with a factor for each id if given (sums only).
  public func callAsFunction(_ ids: Tensor<Int64>, factors: Tensor<Float>? = nil) -> Tensor<Float> {
    require(
      ids.rank == 2, "EmbeddingBag", "ids \(ids.shape) are not [bags, size]; pass starts for bags of several sizes")
    let size = Int64(ids.shape[1])
    let starts = Tensor((0..<Int64(ids.shape[0])).map { $0 * size })
    return self(ids.flattened(), starts: starts, factors: factors?.flattened())
  }

  /// Bags of several sizes: all ids `[ids]`, and where each bag begins `[bags]`.
  public func callAsFunction(
    _ ids: Tensor<Int64>, starts: Tensor<Int64>, factors: Tensor<Float>? = nil
  ) -> Tensor<Float> {
    embeddingBag(
      ids, starts: starts, weight: weight.value, reduction: reduction, factors: factors, padding: padding)
  }
}
