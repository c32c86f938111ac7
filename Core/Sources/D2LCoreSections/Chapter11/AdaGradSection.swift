import ArgumentParser
import D2LCommands
import D2LCore

/// AdaGrad (Duchi, Hazan and Singer, 2011): s ← s + g² sums the squares, and w ← w - η g / √(s + ε).
///
/// The book adds ε inside of the root, PyTorch and our library outside: of no account here, where s is far larger.
package struct AdaGradRule<Scalar: FloatingScalar>: UpdateRule {
  let learningRate, epsilon: Scalar
  private var squares = Tensor<Scalar>(0)

  /// Steps of `learningRate` over the root of the sum of squares.
  package init(learningRate: Scalar, epsilon: Scalar = 1e-6) {
    self.learningRate = learningRate
    self.epsilon = epsilon
  }

  package mutating func update(_ w: inout Tensor<Scalar>, along g: Tensor<Scalar>) {
    squares = squares + g * g
    w -= learningRate * g / sqrt(squares + epsilon)
  }
}

/// Section 11.7: AdaGrad, whose steps shorten where gradients were large.
struct AdaGradSection: Section {
  static let info = SectionInfo(
    number: "11.7", title: "Adagrad", package: "core", command: "adagrad", data: "airfoil self-noise",
    paper:
      "Duchi, Hazan, Singer, \"Adaptive Subgradient Methods for Online Learning and Stochastic Optimization\", 2011")

  @OptionGroup var options: AirfoilOptions

  func run() throws {
    let (data, details) = try options.load()
    let run = try ExampleRun(Self.info, options.example)

    run.part("A narrow valley")
    for rate in [0.4, 2] {
      try run.show(
        Valley.narrow.walk(AdaGradRule(learningRate: rate)), over: .narrow, "AdaGrad, rate \(rate)",
        plot: "adagrad-\(rate)")
    }

    run.part("The airfoil data")
    run.show("data", details)
    let trial = LinearRegressionTrial(data: data, seed: run.seed)
    try run.show([
      trial.scratch("AdaGrad, rate 0.1", AdaGradRule(learningRate: 0.1)),
      trial.concise("concise AdaGrad, rate 0.1") { AdaGrad($0, learningRate: 0.1) },
    ])
    try run.finish()
  }
}
