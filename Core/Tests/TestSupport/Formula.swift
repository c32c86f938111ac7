import D2LTensor

/// Numbers by formula, as `Tools/Parity/formula.py` makes them: element i of a stream is a hash of both, mapped to [low, high).
public enum Formula {
  /// A number on [0, 1) with 24 random bits.
  static func unit(_ index: Int, _ stream: Int) -> Double {
    let mask: UInt64 = 0xFFFF_FFFF
    var h = ((UInt64(index) + 1) &* 2_654_435_761) & mask
    h ^= (UInt64(stream) &* 374_761_393 &+ 668_265_263) & mask
    h ^= h >> 15
    h = (h &* 2_246_822_519) & mask
    h ^= h >> 13
    h = (h &* 3_266_489_917) & mask
    h ^= h >> 16
    return Double(h >> 8) / 16_777_216
  }

  /// An array of hashed numbers.
  public static func uniform<S: FloatingScalar>(
    _ shape: Shape, _ stream: Int, from low: Double = -1, to high: Double = 1, as type: S.Type = S.self
  ) -> Tensor<S> {
    // Concrete in the loop: large models are filled by it.
    let numbers = Tensor<Double>(shape: shape) { buffer in
      for index in buffer.indices { buffer[index] = low + (high - low) * unit(index, stream) }
    }
    return numbers.converted(to: S.self)
  }

  /// Whole numbers on a range.
  public static func integers(_ shape: Shape, _ stream: Int, in range: Range<Int>) -> Tensor<Int64> {
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    return Tensor(
      shape: shape,
      values: (0..<shape.elementCount).map { Int64((low + (high - low) * unit($0, stream)).rounded(.down)) })
  }
}
