import D2LCore
import D2LTestSupport
import D2LVision
import Testing

/// Whole networks against PyTorch's, weights by formula in both (``FormulaWeights``): what the goldens of Tools/Parity/vision_models.py and
/// book_networks.py hold, they must give.
enum ModelParity {
  /// Scores in evaluation mode; and the outputs inside for which the golden has values.
  static func evaluation(_ network: any StagedNetwork, on x: Tensor<Float>, agreesWith golden: Golden) throws {
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

  /// Scores, loss and running statistics of a step in training; and all gradients, where the golden has them, to within `gradientsWithin`.
  static func training(
    _ network: any StagedNetwork, on x: Tensor<Float>, labels y: Tensor<Int64>, agreesWith golden: Golden,
    gradientsWithin relative: Double
  ) throws {
    let gradients = try? golden.entry("gradients") as? [String: Any]
    network.train()
    let run = { logitsAndLoss(network, x, y) }
    let (logits, loss) = gradients == nil ? withoutGradient(run) : run()
    #expect(try golden.mismatch(logits, with: "train", relative: 1e-4) == nil)
    #expect(mismatch([Double(loss.item())], [try golden.number("loss")], relative: 1e-4) == nil)
    let statistics = network.namedBuffers().compactMap { Tensor<Float>(exactly: $0.buffer.erased)?.flattened() }
    if !statistics.isEmpty {
      let problem = try golden.mismatch(Tensor(concatenating: statistics), with: "statistics", relative: 1e-4)
      #expect(problem == nil)
    }
    guard let gradients else { return }
    loss.backward()
    try compare(network, with: gradients, relative: relative)
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

  /// All gradients. What a normalisation behind it takes out again (a bias in front of it, a scale) has none but rounding: it counts by the largest.
  private static func compare(_ network: any Module, with gradients: [String: Any], relative: Double) throws {
    let sizes = try gradients.values.map { entry in
      let parts = try #require(entry as? [String: Any])
      let count = try #require(parts["shape"] as? [Int]).reduce(1, *)
      return try #require(parts["norm"] as? Double) / Double(count).squareRoot()
    }
    let floor = 0.01 * (sizes.max() ?? 0)
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
