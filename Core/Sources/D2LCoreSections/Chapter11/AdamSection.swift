import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// Adam (Kingma and Ba, 2015) and Yogi (Zaheer et al., 2018): running means v of g and s of g², both corrected for their start at 0, and
/// w ← w - η v̂ / (√ŝ + ε). Adam's s moves by (1 - β₂) (g² - s) at a step, Yogi's by (1 - β₂) g² in the same direction.
package struct AdamRule<Scalar: FloatingScalar>: UpdateRule {
  let learningRate, beta1, beta2, epsilon: Scalar
  let isYogi: Bool
  private var mean = Tensor<Scalar>(0)
  private var squares = Tensor<Scalar>(0)
  private var steps = 0.0

  /// The rule with its rates of forgetting; the book's ε is 1e-6 for Adam and 1e-3 for Yogi.
  package init(
    learningRate: Scalar, beta1: Scalar = 0.9, beta2: Scalar = 0.999, epsilon: Scalar = 1e-6, isYogi: Bool = false
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.isYogi = isYogi
  }

  package mutating func update(_ w: inout Tensor<Scalar>, along g: Tensor<Scalar>) {
    steps += 1
    mean = beta1 * mean + (1 - beta1) * g
    let change = g * g - squares
    squares = squares + (1 - beta2) * (isYogi ? sign(change) * g * g : change)
    let correctedMean = mean / correction(beta1)
    let correctedSquares = squares / correction(beta2)
    w -= learningRate * correctedMean / (sqrt(correctedSquares) + epsilon)
  }

  /// 1 - βᵗ: the weight that t gradients have in a mean that began at 0.
  private func correction(_ beta: Scalar) -> Scalar { Scalar(1 - pow(Double(beta), steps)) }
}

/// Section 11.10: Adam, which brings the ideas together, and Yogi.
struct AdamSection: Section {
  static let info = SectionInfo(
    number: "11.10", title: "Adam", package: "core", command: "adam", data: "airfoil self-noise",
    paper: "Kingma, Ba, \"Adam: A Method for Stochastic Optimization\", 2015")

  @OptionGroup var options: AirfoilOptions

  func run() throws {
    let (data, details) = try options.load()
    let run = try ExampleRun(Self.info, options.example)

    run.part("The airfoil data")
    run.show("data", details)
    let trial = LinearRegressionTrial(data: data, seed: run.seed)
    try run.show([
      trial.scratch("Adam, rate 0.01", AdamRule(learningRate: 0.01)),
      trial.concise("concise Adam, rate 0.01") { Adam($0, learningRate: 0.01, epsilon: 1e-6) },
      trial.scratch("Yogi, rate 0.01", AdamRule(learningRate: 0.01, epsilon: 1e-3, isYogi: true)),
      trial.concise("concise Yogi, rate 0.01") { Yogi($0, learningRate: 0.01, epsilon: 1e-3) },
    ])
    try run.finish()
  }
}
