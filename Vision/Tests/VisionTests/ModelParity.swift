import D2LCore
import D2LTestSupport
import Testing

/// Whole models against PyTorch's, with weights by formula in both (`fill` in `Tools/Parity/vision_models.py`).
enum ModelParity {
  /// CRC-32 as zlib computes it, for the streams of the formula weights.
  private static func crc32(_ text: String) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in text.utf8 {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  /// What `fill` of the script gives to PyTorch's model; and no dropout.
  static func fill(_ model: any Layer) {
    func values(_ key: String, _ shape: Shape) -> Tensor<Float> {
      let stream = Int(crc32(key) % 100_000)
      if key.hasSuffix("running_var") { return Formula.uniform(shape, stream, from: 0.5, to: 1.5) }
      if key.hasSuffix("running_mean") { return Formula.uniform(shape, stream, from: -0.1, to: 0.1) }
      if shape.count == 1 {
        return key.hasSuffix("weight")
          ? Formula.uniform(shape, stream, from: 0.8, to: 1.2) : Formula.uniform(shape, stream, from: -0.1, to: 0.1)
      }
      let bound = (6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()
      return Formula.uniform(shape, stream, from: -bound, to: bound)
    }
    for (key, parameter) in model.namedParameters() { parameter.value = values(key, parameter.shape) }
    for (key, buffer) in model.namedBuffers() where buffer.erased.dtype == .float32 {
      buffer.replace(with: values(key, buffer.erased.shape).erased)
    }
    for (_, module) in model.namedModules() { (module as? Dropout)?.probability = 0 }
  }

  /// Compares keys and the scores in evaluation; and, where the golden has gradients, scores, loss, statistics and all gradients of one step of
  /// training.
  static func expect(
    _ model: any Layer, agreesWith golden: Golden, on x: Tensor<Float>, labels y: Tensor<Int64>
  ) throws {
    fill(model)
    #expect(model.state.map(\.name) == (try golden.entry("keys")) as? [String])
    let scores = model.evaluating { model(x) }
    #expect(try golden.mismatch(scores, with: "eval", relative: 1e-4) == nil)

    guard let gradients = try? golden.entry("gradients") as? [String: Any] else { return }
    model.train()
    let logits = model(x)
    let loss = crossEntropy(logits, y)
    #expect(try golden.mismatch(logits, with: "train", relative: 1e-4) == nil)
    #expect(mismatch([Double(loss.item())], [try golden.number("loss")], relative: 1e-4) == nil)
    let statistics = model.namedBuffers().compactMap { Tensor<Float>(exactly: $0.buffer.erased)?.flattened() }
    if !statistics.isEmpty {
      let problem = try golden.mismatch(Tensor(concatenating: statistics), with: "statistics", relative: 1e-4)
      #expect(problem == nil)
    }
    loss.backward()
    func norm(_ fingerprint: Any) -> Double { ((fingerprint as? [String: Any])?["norm"] as? Double) ?? .infinity }
    // What a normalisation behind it takes out again (the bias in front of it, a scale) has no gradient but rounding.
    let rounding = 1e-4 * (gradients.values.map(norm).max() ?? 0)
    for (key, parameter) in model.namedParameters() {
      let expected = try #require(gradients[key], "\(key)")
      let gradient = try #require(parameter.gradient, "\(key) has no gradient")
      if norm(expected) < rounding {
        #expect(Double(gradient.norm().item()) < 2 * rounding, "\(key)")
        continue
      }
      let problem = try Golden.mismatch(gradient, with: expected, key, relative: 1e-4)
      #expect(problem == nil, "\(key)")
    }
  }
}
