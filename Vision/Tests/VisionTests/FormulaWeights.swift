import D2LCore
import D2LTestSupport

/// Weights as `fill` in Tools/Parity/vision_models.py gives them to PyTorch's networks.
enum FormulaWeights {
  /// Fills all parameters and running statistics, and lets dropout drop nothing.
  static func fill(_ model: any Module) {
    for (key, parameter) in model.namedParameters() { parameter.value = values(key, parameter.shape) }
    fillStatistics(model)
    for (_, module) in model.namedModules() { (module as? Dropout)?.probability = 0 }
  }

  /// Keeps activations well above zero wherever a ReLU may follow, and begins statistics anew: `fill(model, smooth=True)`.
  static func lift(_ model: any Module) {
    for (name, module) in model.namedModules() {
      let parts: [(name: String, parameter: Parameter?)]
      switch module {
      case let norm as BatchNorm: parts = [("weight", norm.weight), ("bias", norm.bias)]
      case let layer as any Weighted:
        let isLast = layer is Linear && [10, 1000].contains(layer.weight.shape[0])
        parts = layer.bias == nil || isLast ? [] : [("weight", layer.weight), ("bias", layer.bias)]
      default: parts = []
      }
      for (part, parameter) in parts {
        guard let parameter else { continue }
        parameter.value = lifted("\(name).\(part)", parameter.shape, isNorm: module is BatchNorm)
      }
    }
    fillStatistics(model)
  }

  private static func fillStatistics(_ model: any Module) {
    for (key, buffer) in model.namedBuffers() where buffer.erased.dtype == .float32 {
      buffer.replace(with: values(key, buffer.erased.shape).erased)
    }
  }

  /// The values under a key, in PyTorch's or in Gluon's words.
  static func values(_ key: String, _ shape: Shape) -> Tensor<Float> {
    if key.hasSuffix("running_var") { return uniform(key, shape, 0.5...1.5) }
    if shape.count > 1 { return uniform(key, shape, -bound(shape)...bound(shape)) }
    return uniform(key, shape, key.hasSuffix("weight") || key.hasSuffix("gamma") ? 0.8...1.2 : -0.1...0.1)
  }

  private static func lifted(_ key: String, _ shape: Shape, isNorm: Bool) -> Tensor<Float> {
    if shape.count > 1 { return uniform(key, shape, -0.3 * bound(shape)...0.3 * bound(shape)) }
    if !isNorm { return uniform(key, shape, 2...3) }
    return uniform(key, shape, key.hasSuffix("weight") ? 0.2...0.3 : 1...1.5)
  }

  private static func bound(_ shape: Shape) -> Double { (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot() }

  private static func uniform(_ key: String, _ shape: Shape, _ range: ClosedRange<Double>) -> Tensor<Float> {
    Formula.uniform(shape, Int(crc32(key) % 100_000), from: range.lowerBound, to: range.upperBound)
  }

  /// CRC-32 as zlib computes it, for the streams.
  private static func crc32(_ text: String) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in text.utf8 {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}
