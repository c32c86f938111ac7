import ArgumentParser
import D2LCommands
import D2LCore

/// Section 11.1: what optimization is up against: other minima, saddle points, flat stretches.
struct OptimizationSection: Section {
  static let info = SectionInfo(
    number: "11.1", title: "Optimization and Deep Learning", package: "core", command: "optimization", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let wave = ScalarFunction { x in x * cos(.pi * x) }

    run.part("Risk and empirical risk")
    let noisyWave = ScalarFunction { x in x * cos(.pi * x) + 0.2 * cos(5 * .pi * x) }
    var x = Tensor<Double>(rangeFrom: 0.5, to: 1.5, by: 0.01)
    var chart = LineChart(
      y: Axis("risk"), of: [wave.series("risk", over: x), noisyWave.series("empirical risk", over: x)])
    chart.add(Annotation("lowest empirical risk", at: (1, -1.2), textAt: (0.68, -1.1)))
    chart.add(Annotation("lowest risk", at: (1.1, -1.05), textAt: (0.98, -0.5)))
    try run.plot("risk", chart)
    run.show("x of the lowest risk", x[wave(x).argmin()].item(), decimals: 2)
    run.show("x of the lowest empirical risk", x[noisyWave(x).argmin()].item(), decimals: 2)

    run.part("Local minima")
    x = Tensor(rangeFrom: -1, to: 2, by: 0.01)
    chart = LineChart(y: Axis("f(x)"), of: [wave.series("x cos(πx)", over: x)])
    chart.add(Annotation("local minimum", at: (-0.3, -0.25), textAt: (-0.6, -0.9)))
    chart.add(Annotation("global minimum", at: (1.1, -0.95), textAt: (0.6, 0.8)))
    try run.plot("minima", chart)
    run.show("f at the local minimum", wave(x[..<100]).min().item(), decimals: 4)
    run.show("f at the global minimum", wave(x).min().item(), decimals: 4)

    run.part("Saddle points")
    let cube = ScalarFunction { x in x * x * x }
    chart = LineChart(y: Axis("f(x)"), of: [cube.series("x³", over: Tensor(rangeFrom: -2, to: 2, by: 0.01))])
    chart.add(Annotation("saddle point", at: (0, -0.2), textAt: (0.3, -5)))
    try run.plot("saddle-point", chart)
    run.show("slope of x³ at 0", cube.slope(at: Tensor(0)).item(), decimals: 1)
    run.show("curvature of x³ at 0", cube.curvature(at: Tensor(0)).item(), decimals: 1)
    try run.plot(
      "saddle-surface",
      SurfaceChart(
        title: "x² - y²", x: Axis("x", limits: -1...1), y: Axis("y", limits: -1...1), resolution: 40
      ) { x, y in x * x - y * y }, height: 440)

    run.part("Vanishing gradients")
    let squash = ScalarFunction { x in tanh(x) }
    chart = LineChart(y: Axis("f(x)"), of: [squash.series("tanh x", over: Tensor(rangeFrom: -2, to: 5, by: 0.01))])
    chart.add(Annotation("vanishing gradient", at: (4, 1), textAt: (2.5, 0)))
    try run.plot("vanishing-gradient", chart)
    run.show("slope of tanh at 4", squash.slope(at: Tensor(4)).item(), decimals: 4)
    try run.finish()
  }
}
