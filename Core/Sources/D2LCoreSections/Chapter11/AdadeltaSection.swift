import ArgumentParser
import D2LCommands
import D2LCore

/// Adadelta (Zeiler, 2012): no learning rate; steps g′ = √(Δ + ε) / √(s + ε) · g, with running means s of g² and Δ of g′².
package struct AdadeltaRule<Scalar: FloatingScalar>: UpdateRule {
  let rho, epsilon: Scalar
  private var squares = Tensor<Scalar>(0)
  private var stepSquares = Tensor<Scalar>(0)

  /// Both means keep the share `rho` at a step.
  package init(rho: Scalar, epsilon: Scalar = 1e-5) {
    self.rho = rho
    self.epsilon = epsilon
  }

  package mutating func update(_ w: inout Tensor<Scalar>, along g: Tensor<Scalar>) {
    squares = rho * squares + (1 - rho) * g * g
    let step = sqrt(stepSquares + epsilon) / sqrt(squares + epsilon) * g
    w -= step
    stepSquares = rho * stepSquares + (1 - rho) * step * step
  }
}

/// Section 11.9: Adadelta, which sets its own rate.
struct AdadeltaSection: Section {
  static let info = SectionInfo(
    number: "11.9", title: "Adadelta", package: "core", command: "adadelta", data: "airfoil self-noise",
    paper: "Zeiler, \"ADADELTA: An Adaptive Learning Rate Method\", 2012")

  @OptionGroup var options: AirfoilOptions

  func run() throws {
    let (data, details) = try options.load()
    let run = try ExampleRun(Self.info, options.example)

    run.part("The airfoil data")
    run.show("data", details)
    let trial = LinearRegressionTrial(data: data, seed: run.seed)
    try run.show([
      trial.scratch("Adadelta, rho 0.9", AdadeltaRule(rho: 0.9)),
      trial.concise("concise Adadelta, rho 0.9") { Adadelta($0, decay: 0.9, epsilon: 1e-5) },
    ])
    try run.finish()
  }
}
