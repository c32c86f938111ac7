import D2LCore
import D2LTestSupport
import D2LVision
import Testing

/// Every network against the goldens of Tools/Parity/vision_models.py: torchvision's own, and PyTorch networks after the paper and the book where
/// torchvision has none.
@Suite struct FamilyParity {
  /// The networks of which the script has numbers: all but LeNet, whose tests are its own.
  static let variants = VisionModel.all.map(\.name).filter { $0 != "lenet" }

  @Test(arguments: variants) func agreesWithPyTorch(_ name: String) throws {
    let golden = try Golden(name)
    let kind = try VisionModel.named(name)
    let network = withoutInitialization { kind.make() }
    #expect(Double(network.parameterCount) == (try golden.number("parameters")))
    #expect(network.state.map(\.name) == (try golden.names("keys")))
    FormulaWeights.fill(network)
    try Self.evaluation(network, name, golden)
    FormulaWeights.lift(network)
    try Self.training(network, name, golden)
  }

  /// Scores, and outputs inside by name.
  private static func evaluation(_ network: any StagedNetwork, _ name: String, _ golden: Golden) throws {
    let x = images(name, count: 2)
    let scores = network.evaluating { network(x) }
    #expect(try golden.mismatch(scores, with: "eval", relative: 1e-4) == nil)
    guard let features = try? golden.entry("features") as? [String: Any] else { return }
    let found = network.evaluating { network.outputs(at: Set(features.keys), for: x) }
    #expect(Set(found.keys) == Set(features.keys))
    for (place, expected) in features {
      let output = try #require(found[place])
      let problem = try Golden.mismatch(output, with: expected, place, relative: 1e-4)
      #expect(problem == nil, "\(place)")
    }
  }

  /// Scores and running statistics of a step in training, and of the smallest of each family loss and all gradients.
  private static func training(_ network: any StagedNetwork, _ name: String, _ golden: Golden) throws {
    let gradients = try? golden.entry("gradients") as? [String: Any]
    let count = gradients == nil ? 2 : 4
    let x = images(name, count: count, larger: gradients != nil)
    let labels: [Int64] = name.hasPrefix("cifar") ? [3, 7, 1, 9] : [3, 700, 31, 9]
    network.train()
    let run = { logitsAndLoss(network, x, Tensor(Array(labels.prefix(count)))) }
    let (logits, loss) = gradients == nil ? withoutGradient(run) : run()
    #expect(try golden.mismatch(logits, with: "train", relative: 1e-4) == nil)
    #expect(mismatch([Double(loss.item())], [try golden.number("loss")], relative: 1e-4) == nil)
    #expect(try statisticsMismatch(network, golden) == nil)
    guard let gradients else { return }
    loss.backward()
    try compare(network, with: gradients)
  }

  private static func images(_ name: String, count: Int, larger: Bool = false) -> Tensor<Float> {
    let side = name.hasPrefix("cifar") ? 32 : larger || name == "alexnet" || name == "nin" ? 96 : 64
    return Formula.uniform([count, 3, side, side], 1)
  }

  /// Of GoogLeNet the auxiliary heads' too, which count 0.3 in the loss.
  private static func logitsAndLoss(
    _ network: any StagedNetwork, _ x: Tensor<Float>, _ y: Tensor<Int64>
  ) -> (Tensor<Float>, Tensor<Float>) {
    guard let googLeNet = network as? GoogLeNet else {
      let logits = network(x)
      return (logits, crossEntropy(logits, y))
    }
    let (logits, first, second) = googLeNet.logits(x)
    let auxiliary = [first, second].compactMap { $0 }
    let loss = auxiliary.reduce(crossEntropy(logits, y)) { $0 + 0.3 * crossEntropy($1, y) }
    return (Tensor(concatenating: [logits] + auxiliary), loss)
  }

  /// The running statistics after the step.
  private static func statisticsMismatch(_ network: any Module, _ golden: Golden) throws -> String? {
    let statistics = network.namedBuffers().compactMap { Tensor<Float>(exactly: $0.buffer.erased)?.flattened() }
    if statistics.isEmpty { return nil }
    return try golden.mismatch(Tensor(concatenating: statistics), with: "statistics", relative: 1e-4)
  }

  /// All gradients. Behind batch normalisation, single precision is up to 3e-4 away from the double precision of the goldens, in PyTorch too
  /// (`vision_models.py --check`); biases whose gradient is zero but for that count by the largest gradient.
  private static func compare(_ network: any Module, with gradients: [String: Any]) throws {
    let sizes = try gradients.values.map { entry in
      let parts = try #require(entry as? [String: Any])
      let count = try #require(parts["shape"] as? [Int]).reduce(1, *)
      return try #require(parts["norm"] as? Double) / Double(count).squareRoot()
    }
    let floor = 0.01 * (sizes.max() ?? 0)
    let relative = network.namedModules().contains { $0.module is BatchNorm } ? 1e-3 : 1e-4
    let parameters = network.namedParameters()
    #expect(parameters.count == gradients.count)
    for (key, parameter) in parameters {
      let expected = try #require(gradients[key], "\(key)")
      let gradient = try #require(parameter.gradient, "\(key) has no gradient")
      let problem = try Golden.mismatch(gradient, with: expected, key, relative: relative, floor: floor)
      #expect(problem == nil, "\(key)")
    }
  }
}
