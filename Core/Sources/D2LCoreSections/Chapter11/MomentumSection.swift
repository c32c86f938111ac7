import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// Momentum (Polyak, 1964): the velocity v ← β v + g gathers past gradients, and w ← w - η v.
package struct MomentumRule<Scalar: FloatingScalar>: UpdateRule {
  let learningRate, beta: Scalar
  private var velocity = Tensor<Scalar>(0)

  /// Steps of `learningRate` times the velocity, of which the next step keeps the share `beta`.
  package init(learningRate: Scalar, beta: Scalar) {
    self.learningRate = learningRate
    self.beta = beta
  }

  package mutating func update(_ w: inout Tensor<Scalar>, along g: Tensor<Scalar>) {
    velocity = beta * velocity + g
    w -= learningRate * velocity
  }
}

/// Section 11.6: momentum in narrow valleys and on the airfoil data.
struct MomentumSection: Section {
  static let info = SectionInfo(
    number: "11.6", title: "Momentum", package: "core", command: "momentum", data: "airfoil self-noise")

  @OptionGroup var options: AirfoilOptions

  func run() throws {
    let (data, details) = try options.load()
    let run = try ExampleRun(Self.info, options.example)

    run.part("A narrow valley without momentum")
    let valley = Valley.narrow
    for rate in [0.4, 0.6] {
      try run.show(
        valley.walk(DescentRule(learningRate: rate)), over: valley, "descent, rate \(rate)", plot: "descent-\(rate)")
    }

    run.part("With momentum")
    for beta in [0.5, 0.25] {
      try run.show(
        valley.walk(MomentumRule(learningRate: 0.6, beta: beta)), over: valley, "momentum, rate 0.6, beta \(beta)",
        plot: "momentum-\(beta)")
    }

    run.part("What a velocity remembers")
    let ages = 0..<40
    try run.plot(
      "memory",
      LineChart(
        x: Axis("age of a gradient in steps"), y: Axis("its weight in the velocity"),
        of: [0.95, 0.9, 0.6, 0].map { beta in Series("beta \(beta)", x: ages, y: ages.map { pow(beta, Double($0)) }) }))

    run.part("The airfoil data")
    run.show("data", details)
    let trial = LinearRegressionTrial(data: data, seed: run.seed)
    try run.show([
      trial.scratch("rate 0.02, beta 0.5", MomentumRule(learningRate: 0.02, beta: 0.5)),
      trial.scratch("rate 0.01, beta 0.9", MomentumRule(learningRate: 0.01, beta: 0.9)),
      trial.scratch("rate 0.005, beta 0.9", MomentumRule(learningRate: 0.005, beta: 0.9)),
      trial.concise("concise, rate 0.005, beta 0.9") { SGD($0, learningRate: 0.005, momentum: 0.9) },
    ])

    run.part("How fast each direction converges")
    let steps = 0..<20
    try run.plot(
      "eigenvalues",
      LineChart(
        x: Axis("steps"), y: Axis("what is left of the distance"),
        of: [0.1, 1, 10, 19].map { curvature in
          Series("curvature \(curvature)", x: steps, y: steps.map { pow(1 - 0.1 * curvature, Double($0)) })
        }))
    try run.finish()
  }
}
