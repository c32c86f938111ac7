import ArgumentParser
import D2LCommands
import D2LCore

/// Section 4.8: gradients that vanish, products that explode, and why weights must not begin equal.
struct NumericalStabilitySection: Section {
  static let info = SectionInfo(
    number: "4.8", title: "Numerical Stability and Initialization", package: "core", command: "numerical-stability",
    data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("Vanishing gradients")
    let squash = ScalarFunction { sigmoid($0) }
    let x = Tensor<Double>(rangeFrom: -8, to: 8, by: 0.1)
    try run.plot(
      "sigmoid", LineChart(of: [squash.series("sigmoid", over: x), squash.slopeSeries("its gradient", over: x)]))
    run.show("gradient of sigmoid at 0", squash.slope(at: Tensor(0)).item())
    run.show("gradient of sigmoid at -8", squash.slope(at: Tensor(-8)).item())

    run.part("Exploding gradients")
    run.source.scope {
      var product = Tensor<Float>(randomNormal: [4, 4])
      run.show("a single matrix", product)
      for _ in 0..<100 { product = product.matmul(Tensor(randomNormal: [4, 4])) }
      run.show("after multiplying 100 matrices", product)
    }
    try run.finish()
  }
}
