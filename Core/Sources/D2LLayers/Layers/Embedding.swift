import D2LTensor

/// A row of a table for each id: `[…]` to `[…, width]`.
///
/// Parameter: `weight` `[count, width]`, standard normal at first (PyTorch's default). The row of a padding id is zero at first and its
/// gradient is zero, so that training leaves it as it is.
public final class Embedding: Module {
  public let weight: Parameter
  /// The id whose row is not trained.
  public let padding: Int?

  /// A table of `count` rows.
  public init(_ count: Int, _ width: Int, padding: Int? = nil) {
    require(count > 0 && width > 0, "Embedding", "\(count) rows of \(width)")
    self.padding = Embedding.checked(padding, count)
    var table = Initializer.normal()([count, width])
    if let row = self.padding { table.fill(row, with: 0) }
    weight = Parameter(table)
  }

  /// A table that exists, perhaps shared with another layer.
  public init(weight: Parameter, padding: Int? = nil) {
    require(weight.shape.count == 2, "Embedding", "a table of shape \(weight.shape)")
    self.weight = weight
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
    embedding(ids, weight: weight.value, padding: padding)
  }
}
