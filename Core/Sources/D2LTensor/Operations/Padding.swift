/// What an array is surrounded with when it is padded by its own elements.
public enum PaddingMode: Sendable, CaseIterable {
  /// Mirrored at the edge, which is not repeated: c b | a b c | b a.
  case reflect
  /// The edge repeated: a a | a b c | c c.
  case replicate
  /// The other end: b c | a b c | a b.
  case circular
}

extension Tensor {
  /// Surrounded by its own elements: `widths[i]` of them before and after dimension i.
  public func padded(_ widths: [(before: Int, after: Int)], mode: PaddingMode) -> Tensor {
    require(widths.count == rank, "pad", "\(widths.count) widths for an array of shape \(shape)")
    var result = erased
    for (axis, width) in widths.enumerated() where width != (0, 0) {
      let size = shape[axis]
      let most = mode == .reflect ? size - 1 : mode == .circular ? size : size > 0 ? Int.max : 0
      require(
        width.before >= 0 && width.after >= 0 && width.before <= most && width.after <= most, "pad",
        "\(width) elements by \(mode) in dimension \(axis) of shape \(shape)")
      let places = (-width.before..<(size + width.after)).map { place in
        Int64(Tensor.source(of: place, size: size, mode))
      }
      result = result.taking(Tensor<Int64>(places).erased, axis: axis)
    }
    return Tensor(result)
  }

  private static func source(of place: Int, size: Int, _ mode: PaddingMode) -> Int {
    if place >= 0 && place < size { return place }
    switch mode {
    case .reflect: return place < 0 ? -place : 2 * (size - 1) - place
    case .replicate: return place < 0 ? 0 : size - 1
    case .circular: return place < 0 ? place + size : place - size
    }
  }
}
