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

  /// Lets batch normalisation keep activations above zero, and begins its statistics anew: what `fill(model, smooth=True)` does there.
  static func lift(_ model: any Module) {
    for (name, module) in model.namedModules() {
      guard let norm = module as? BatchNorm else { continue }
      for (part, parameter) in [("weight", norm.weight), ("bias", norm.bias)] {
        guard let parameter else { continue }
        parameter.value = values("\(name).\(part)", parameter.shape, isLifted: true)
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
  static func values(_ key: String, _ shape: Shape, isLifted: Bool = false) -> Tensor<Float> {
    let range: (Double, Double)
    if key.hasSuffix("running_var") {
      range = (0.5, 1.5)
    } else if key.hasSuffix("running_mean") {
      range = (-0.1, 0.1)
    } else if shape.count == 1 && (key.hasSuffix("weight") || key.hasSuffix("gamma")) {
      range = isLifted ? (0.2, 0.3) : (0.8, 1.2)
    } else if shape.count == 1 {
      range = isLifted ? (1, 1.5) : (-0.1, 0.1)
    } else {
      let bound = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
      range = (-bound, bound)
    }
    return Formula.uniform(shape, Int(crc32(key) % 100_000), from: range.0, to: range.1)
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
