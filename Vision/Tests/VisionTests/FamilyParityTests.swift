import D2LCore
import D2LTestSupport
import D2LVision
import Testing

/// A family's variant, how it is made, and the goldens of Tools/Parity/vision_models.py that it must meet.
struct Variant: CustomTestStringConvertible, Sendable {
  let name: String
  let make: @Sendable () -> any Layer
  var testDescription: String { name }

  static let all: [Variant] =
    [Variant(name: "alexnet") { AlexNet() }]
    + VGGDepth.allCases.flatMap { depth in
      [
        Variant(name: "vgg\(depth.rawValue)") { VGG(depth) },
        Variant(name: "vgg\(depth.rawValue)_bn") { VGG(depth, batchNorm: true) },
      ]
    }
    + [Variant(name: "googlenet") { GoogLeNet() }]
    + ResNetVariant.allCases.map { variant in Variant(name: variant.rawValue) { ResNet(variant) } }
    + DenseNetVariant.allCases.map { variant in Variant(name: variant.rawValue) { DenseNet(variant) } }
    + SqueezeNet.Version.allCases.map { version in Variant(name: version.rawValue) { SqueezeNet(version) } }
    + [Variant(name: "mobilenet_v2") { MobileNetV2() }]
}

@Suite struct FamilyParity {
  /// CRC-32 as zlib computes it, for the streams of the formula weights.
  private func crc32(_ text: String) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in text.utf8 {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  /// What `fill` of the script gives to PyTorch's model.
  private func fill(_ model: any Layer) {
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

  @Test(arguments: Variant.all) func agreesWithTorchvision(_ variant: Variant) throws {
    let golden = try Golden(variant.name)
    let model = variant.make()
    fill(model)
    #expect(Double(model.parameterCount) == (try golden.number("parameters")))
    #expect(model.state.map(\.name) == (try golden.entry("keys")) as? [String])
    let size = variant.name == "alexnet" ? 96 : 64
    let x: Tensor<Float> = Formula.uniform([2, 3, size, size], 1)
    let y = Tensor<Int64>([3, 700])

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
    for (key, parameter) in model.namedParameters() {
      let expected = try #require(gradients[key], "\(key)")
      let gradient = try #require(parameter.gradient, "\(key) has no gradient")
      let problem = try Golden.mismatch(gradient, with: expected, key, relative: 1e-4)
      #expect(problem == nil, "\(key)")
    }
  }
}
