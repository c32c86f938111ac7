import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// RMSProp (Tieleman and Hinton, 2012): s ← γ s + (1 - γ) g² averages the squares, and w ← w - η g / √(s + ε).
///
/// The book adds ε inside of the root, PyTorch and our library outside: of no account here, where s is far larger.
package struct RMSPropRule<Scalar: FloatingScalar>: UpdateRule {
  let learningRate, gamma, epsilon: Scalar
  private var squares = Tensor<Scalar>(0)

  /// Steps of `learningRate` over the root of the mean of squares, of which a step keeps the share `gamma`.
  package init(learningRate: Scalar, gamma: Scalar, epsilon: Scalar = 1e-6) {
    self.learningRate = learningRate
    self.gamma = gamma
    self.epsilon = epsilon
  }

  package mutating func update(_ w: inout Tensor<Scalar>, along g: Tensor<Scalar>) {
    squares = gamma * squares + (1 - gamma) * g * g
    w -= learningRate * g / sqrt(squares + epsilon)
  }
}

/// Section 11.8: RMSProp, an AdaGrad that forgets.
struct RMSPropSection: Section {
  static let info = SectionInfo(
    number: "11.8", title: "RMSProp", package: "core", command: "rmsprop", data: "airfoil self-noise",
    paper: "Tieleman, Hinton, \"Lecture 6.5: RMSProp\", 2012")

  @OptionGroup var options: AirfoilOptions

  func run() throws {
    let (data, details) = try options.load()
    let run = try ExampleRun(Self.info, options.example)

    run.part("What the mean of squares remembers")
    let ages = 0..<40
    try run.plot(
      "memory",
      LineChart(
        x: Axis("age of a gradient in steps"), y: Axis("its weight in the mean"),
        of: [0.95, 0.9, 0.8, 0.7].map { gamma in
          Series("gamma \(gamma)", x: ages, y: ages.map { (1 - gamma) * pow(gamma, Double($0)) })
        }))

    run.part("A narrow valley")
    try run.show(
      Valley.narrow.walk(RMSPropRule(learningRate: 0.4, gamma: 0.9)), over: .narrow, "RMSProp, rate 0.4, gamma 0.9",
      plot: "rmsprop")

    run.part("The airfoil data")
    run.show("data", details)
    let trial = LinearRegressionTrial(data: data, seed: run.seed)
    try run.show([
      trial.scratch("RMSProp, rate 0.01, gamma 0.9", RMSPropRule(learningRate: 0.01, gamma: 0.9)),
      trial.concise("concise RMSProp, rate 0.01, gamma 0.9") { RMSProp($0, learningRate: 0.01, decay: 0.9) },
    ])
    try run.finish()
  }
}
