import D2LLayers
import D2LTensor
import D2LTestSupport
import Testing

/// Attention against PyTorch 2.13: its own multi-head attention on the book's projections, outputs, weights and all gradients under every
/// kind of mask (goldens by Tools/Parity/attention.py).
@Suite struct AttentionParity {
  @Test(arguments: cases) func agrees(_ one: ParityCase) throws { try one.check(Golden("attention")) }

  @Test(arguments: cases) func differences(_ one: ParityCase) throws { try one.checkDifferences(Golden("attention")) }

  @Test func everyGoldenIsUsed() throws {
    let stored = try Golden("attention").names.map { name in
      name.components(before: ["keys", "inputs", "scale", "train", "eval"])
    }
    #expect(Set(stored) == Set(AttentionParity.cases.map(\.name)))
  }

  static let cases: [ParityCase] = heads + simple + positions

  private static func heads(
    _ name: String, _ make: @escaping @Sendable () -> MultiHeadAttention,
    mask: @escaping @Sendable ([CaseInput]) -> AttentionMask? = { _ in nil }
  ) -> ParityCase {
    .module("heads/\(name)", make) { layer, x in
      let isSelf = name.hasPrefix("causal")
      let result = layer.withWeights(
        queries: x[0].real, keys: x[isSelf ? 0 : 1].real, values: x[isSelf ? 0 : 2].real, mask: mask(x))
      return [result.output, result.weights]
    }
  }

  private static let heads: [ParityCase] = [
    heads("plain") { MultiHeadAttention(width: 8, heads: 2) },
    heads("widths") {
      MultiHeadAttention(width: 6, heads: 3, queryWidth: 4, keyWidth: 5, valueWidth: 7, bias: false)
    },
    heads("lengths") {
      MultiHeadAttention(width: 8, heads: 4)
    } mask: {
      .lengths($0[3].ids)
    },
    heads("lengths_by_query") {
      MultiHeadAttention(width: 8, heads: 2)
    } mask: {
      .lengths($0[3].ids)
    },
    heads("causal") {
      MultiHeadAttention(width: 8, heads: 2)
    } mask: { _ in
      .causal
    },
    heads("causal_lengths") {
      MultiHeadAttention(width: 8, heads: 2)
    } mask: {
      AttentionMask(lengths: $0[1].ids, isCausal: true)
    },
    heads("mask") {
      MultiHeadAttention(width: 8, heads: 2)
    } mask: { _ in
      .allowed(
        Tensor([
          [true, false, true, true, false], [false, true, false, false, false], [true, true, true, true, true],
        ]))
    },
  ]

  private static func additive(_ name: String) -> ParityCase {
    .module("additive/\(name)") {
      AdditiveAttention(queryWidth: 4, keyWidth: 3, hidden: 6)
    } _: { layer, x in
      let result = layer(
        queries: x[0].real, keys: x[1].real, values: x[2].real, mask: x.count > 3 ? .lengths(x[3].ids) : nil)
      return [result.output, result.weights]
    }
  }

  private static let simple: [ParityCase] = [
    .function("dot/plain") { x in
      [DotProductAttention(dropout: 0)(queries: x[0].real, keys: x[1].real, values: x[2].real).output]
    },
    .function("dot/lengths") { x in
      [dotProductAttention(queries: x[0].real, keys: x[1].real, values: x[2].real, mask: .lengths(x[3].ids)).output]
    },
    additive("plain"),
    additive("lengths"),
    .function("softmax/lengths") { [maskedSoftmax($0[0].real, mask: .lengths($0[1].ids))] },
  ]

  private static let positions: [ParityCase] = [
    .function("positions/sines") { [PositionalEncoding(6)($0[0].real)] },
    .function("positions/odd") { [PositionalEncoding(5, steps: 4)($0[0].real)] },
    .layer("positions/learned") { LearnedPositionalEncoding(4, steps: 6) },
    .module("add_norm") {
      AddNorm(5)
    } _: {
      [$0($1[0].real, $1[1].real)]
    },
    .layer("position_wise") { PositionWiseFFN(4, hidden: 6, 3) },
  ]

  /// A state as PyTorch packs it gives the same layer.
  @Test func packedStatesAreSeparated() {
    let layer = MultiHeadAttention(width: 4, heads: 2)
    var packed: [String: AnyTensor] = [:]
    packed["in_proj_weight"] = Formula.uniform([12, 4], 1, as: Float.self).erased
    packed["in_proj_bias"] = Formula.uniform([12], 2, as: Float.self).erased
    packed["out_proj.weight"] = Formula.uniform([4, 4], 3, as: Float.self).erased
    packed["out_proj.bias"] = Formula.uniform([4], 4, as: Float.self).erased
    #expect(layer.restore(MultiHeadAttention.separated(packed)).isEmpty)
    let values = Dictionary(uniqueKeysWithValues: layer.namedParameters().map { ($0.name, $0.parameter.value) })
    let whole: Tensor<Float> = Formula.uniform([12, 4], 1)
    #expect(values["W_k.weight"]?.detached() == whole[4..<8])
    #expect(values["W_v.bias"]?.detached() == Formula.uniform([12], 2)[8..<12])
    let deep = MultiHeadAttention.separated([
      "a.attn.out_proj.bias": Tensor<Float>(zeros: [4]).erased, "b.weight": whole.erased,
    ])
    #expect(Set(deep.keys) == ["a.attn.W_o.bias", "b.weight"])
  }

  @Test func dropoutIsForTrainingOnly() {
    let layer = withRandomSeed(1) { MultiHeadAttention(width: 4, heads: 2, dropout: 0.5) }
    let x: Tensor<Float> = Formula.uniform([2, 6, 4], 1)
    let runs = [1, 1, 2].map { seed in withRandomSeed(seed) { layer(queries: x, keys: x, values: x) } }
    #expect(runs[0] == runs[1] && runs[0] != runs[2])
    layer.eval()
    #expect(
      withRandomSeed(1) { layer(queries: x, keys: x, values: x) }
        == withRandomSeed(2) { layer(queries: x, keys: x, values: x) })
  }

  /// Where all keys are forbidden all count the same, as the book has it; nothing becomes NaN.
  @Test func noValidKeyGivesEqualWeights() {
    let weights = maskedSoftmax(Formula.uniform([2, 1, 4], 1), mask: .lengths(Tensor([0, 2])))
    #expect(weights[0].values == [0.25, 0.25, 0.25, 0.25])
    #expect(weights[1].values[2...] == [0, 0])
  }
}

extension String {
  /// The path up to the first component that is one of `ends`.
  func components(before ends: Set<String>) -> String {
    split(separator: "/").map(String.init).prefix { !ends.contains($0) }.joined(separator: "/")
  }
}
