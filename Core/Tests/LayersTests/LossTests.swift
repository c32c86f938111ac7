import D2LLayers
import D2LTensor
import D2LTestSupport
import Testing

/// Losses against PyTorch 2.13: values and gradients under every reduction (goldens by Tools/Parity/losses.py).
@Suite struct LossParity {
  @Test(arguments: cases) func agrees(_ one: ParityCase) throws { try one.check(Golden("losses")) }

  @Test func everyGoldenIsUsed() throws {
    let stored = Set(
      try Golden("losses").names.compactMap { $0.split(whereSeparator: "~/".contains).first.map(String.init) })
    #expect(stored == Set(LossParity.cases.map(\.name)))
  }

  typealias Pairwise = @Sendable (Tensor<Float>, Tensor<Float>, Reduction) -> Tensor<Float>

  private static func reductions(_ name: String, _ loss: @escaping Pairwise) -> [ParityCase] {
    allReductions.map { text, reduction in
      .function("\(name)_\(text)") { [loss($0[0].real, $0[1].real, reduction)] }
    }
  }

  private static func reductions(
    _ name: String, ids loss: @escaping @Sendable (Tensor<Float>, Tensor<Int64>, Reduction) -> Tensor<Float>
  ) -> [ParityCase] {
    allReductions.map { text, reduction in
      .function("\(name)_\(text)") { [loss($0[0].real, $0[1].ids, reduction)] }
    }
  }

  private static let allReductions: [(String, Reduction)] = [("none", .none), ("mean", .mean), ("sum", .sum)]

  static let cases: [ParityCase] = distances + classes + ranking + special

  private static let distances =
    reductions("mse") { meanSquaredError($0, $1, reduction: $2) }
    + reductions("l1") { meanAbsoluteError($0, $1, reduction: $2) }
    + reductions("smooth_l1") { smoothL1($0, $1, beta: 0.7, reduction: $2) }
    + reductions("huber") { huber($0, $1, delta: 0.7, reduction: $2) }

  private static let classes =
    reductions("cross_entropy", ids: { crossEntropy($0, $1, reduction: $2) })
    + reductions("nll", ids: { negativeLogLikelihood($0, $1, reduction: $2) })
    + reductions("bce") { binaryCrossEntropy($0, $1, reduction: $2) }
    + reductions("bce_logits") { binaryCrossEntropyWithLogits($0, $1, reduction: $2) }
    + reductions("kl") { klDivergence($0, $1, reduction: $2) }
    + reductions("kl_log") { klDivergence($0, $1, targetsAreLogarithms: true, reduction: $2) }

  private static let ranking =
    reductions("hinge", ids: { hinge($0, $1.converted(to: Float.self), reduction: $2) })
    + reductions("ranking_hinge") { rankingHinge(positive: $0, negative: $1, margin: 0.5, reduction: $2) }
    + reductions("bpr") { bayesianPersonalizedRanking(positive: $0, negative: $1, reduction: $2) }

  private static let special: [ParityCase] =
    allReductions.map { text, reduction in
      .function("cosine_\(text)") {
        [
          cosineEmbedding(
            $0[0].real, $0[1].real, $0[2].ids.converted(to: Float.self), margin: 0.1, reduction: reduction)
        ]
      }
    } + [
      .function("cross_entropy_images") {
        [crossEntropy($0[0].real, $0[2].ids, classWeight: $0[1].real.detached(), labelSmoothing: 0.1)]
      },
      .function("nll_images") { [negativeLogLikelihood($0[0].real, $0[2].ids, classWeight: $0[1].real)] },
      .function("bce_weighted") { x in
        [binaryCrossEntropy(x[0].real, x[1].real.detached(), weight: x[2].real.detached())]
      },
      .function("bce_logits_weighted") { x in
        [
          binaryCrossEntropyWithLogits(
            x[0].real, x[1].real.detached(), weight: x[2].real.detached(), positiveWeight: x[3].real.detached())
        ]
      },
      .function("sequence") { [sequenceCrossEntropy($0[0].real, $0[1].ids, lengths: $0[2].ids)] },
    ]

  /// Gradients in Double of every loss.
  @Test func gradientsByDifferences() {
    let x = Formula.uniform([4, 3], 1, from: -2, to: 2, as: Double.self)
    let y = Formula.uniform([4, 3], 2, as: Double.self)
    let p = Formula.uniform([4, 3], 3, from: 0.1, to: 0.9, as: Double.self)
    let ids = Formula.integers([4], 4, in: 0..<3)
    let signs = Tensor<Double>([1, -1, 1, -1])
    let checks: [(name: String, inputs: [Tensor<Double>], loss: ([Tensor<Double>]) -> Tensor<Double>)] = [
      ("mse", [x, y], { meanSquaredError($0[0], $0[1]) }),
      ("l1", [x, y], { meanAbsoluteError($0[0], $0[1], reduction: .sum) }),
      ("smoothL1", [x, y], { smoothL1($0[0], $0[1], beta: 0.6) }),
      ("huber", [x, y], { huber($0[0], $0[1], delta: 0.6, reduction: .none) }),
      ("cross-entropy", [x], { crossEntropy($0[0], ids, classWeight: Tensor([0.5, 1, 2]), labelSmoothing: 0.1) }),
      ("nll", [x], { negativeLogLikelihood($0[0].logSoftmax(), ids, classWeight: Tensor([0.5, 1, 2])) }),
      ("bce", [p, p], { binaryCrossEntropy($0[0], $0[1]) }),
      ("bce of logits", [x, p], { binaryCrossEntropyWithLogits($0[0], $0[1], reduction: .sum) }),
      (
        "bce of logits, weighted", [x, p],
        { binaryCrossEntropyWithLogits($0[0], $0[1], weight: p, positiveWeight: Tensor([0.5, 1, 2])) }
      ),
      ("kl", [x, p], { klDivergence($0[0], $0[1]) }),
      ("kl of logarithms", [x, y], { klDivergence($0[0], $0[1], targetsAreLogarithms: true) }),
      ("hinge", [x[.all, 0]], { hinge($0[0], signs, reduction: .none) }),
      ("ranking hinge", [x, y], { rankingHinge(positive: $0[0], negative: $0[1]) }),
      ("bpr", [x, y], { bayesianPersonalizedRanking(positive: $0[0], negative: $0[1]) }),
      ("cosine", [x, y], { cosineEmbedding($0[0], $0[1], signs, margin: 0.1, reduction: .none) }),
      (
        "sequence", [Formula.uniform([2, 2, 3], 5)],
        { sequenceCrossEntropy($0[0], ids.reshaped([2, 2]), lengths: Tensor([1, 2])) }
      ),
    ]
    for check in checks { #expect(gradientMismatch(check.inputs, check.loss) == nil, "\(check.name)") }
  }

  /// Probabilities that are sure, rightly or wrongly, cost 0 and 100 instead of infinity.
  @Test func certaintyIsBounded() {
    let losses = binaryCrossEntropy(Tensor<Float>([0, 1, 0, 1]), Tensor([0, 1, 1, 0]), reduction: .none)
    #expect(losses.values == [0, 0, 100, 100])
  }

  @Test func shapesMustAgree() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = meanAbsoluteError(Tensor<Float>(zeros: [4, 1]), Tensor<Float>(zeros: [4]))
    }
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("meanAbsoluteError") && text.contains("[4, 1]") && text.contains("[4]"))
  }
}
