import ArgumentParser
import D2LCommands
import D2LCore

/// Section 11.3: gradient descent in one and in two dimensions, and Newton's method.
struct GradientDescentSection: Section {
  static let info = SectionInfo(
    number: "11.3", title: "Gradient Descent", package: "core", command: "gradient-descent", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("One dimension")
    let parabola = ScalarFunction { x in x * x }
    for (rate, name) in [(0.2, "right"), (0.05, "slow"), (1.1, "divergent")] {
      let path = descend(parabola, learningRate: rate)
      try run.show(path, on: parabola, "x², learning rate \(rate)", plot: "descent-\(name)")
    }

    run.part("A function with many minima")
    let wave = ScalarFunction { x in x * cos(0.15 * .pi * x) }
    try run.show(
      descend(wave, learningRate: 2), on: wave, "x cos(0.15πx), learning rate 2", plot: "descent-local-minimum")

    run.part("Two dimensions")
    try run.show(
      Valley.round.walk(DescentRule(learningRate: 0.1)), over: .round, "x1² + 2 x2², learning rate 0.1",
      plot: "descent-2d")

    run.part("Newton's method")
    let bowl = ScalarFunction { x in cosh(0.5 * x) }
    try run.show(newton(bowl), on: bowl, "cosh(x/2), Newton", plot: "newton-convex")
    // Where the curvature is negative Newton's step leads uphill.
    try run.show(newton(wave), on: wave, "x cos(0.15πx), Newton", plot: "newton-divergent")
    try run.show(newton(wave, learningRate: 0.5), on: wave, "x cos(0.15πx), half steps", plot: "newton-damped")
    try run.finish()
  }

  /// Ten steps x ← x - η f′(x) from 10; the start and the points that follow.
  private func descend(_ f: ScalarFunction, learningRate: Double) -> [Double] {
    follow { x in x - learningRate * f.slope(at: x) }
  }

  /// Ten steps x ← x - η f′(x) / f″(x) from 10.
  private func newton(_ f: ScalarFunction, learningRate: Double = 1) -> [Double] {
    follow { x in x - learningRate * f.slope(at: x) / f.curvature(at: x) }
  }

  private func follow(_ step: (Tensor<Double>) -> Tensor<Double>) -> [Double] {
    var path = [Tensor<Double>(10)]
    for _ in 0..<10 { path.append(step(path[path.count - 1])) }
    return path.map { $0.item() }
  }
}

extension ExampleRun {
  /// Shows where a path on a function's graph ended, and plots it.
  fileprivate func show(_ path: [Double], on f: ScalarFunction, _ title: String, plot file: String) throws {
    show("\(title): x after \(path.count - 1) steps", path[path.count - 1])
    let width = max(path.map(\.magnitude).max() ?? 0, 10)
    let chart = LineChart(
      title: title, y: Axis("f(x)"),
      of: [
        f.series("f", over: Tensor(linearSpaceFrom: -width, to: width, count: 401)),
        Series("steps", x: path, y: path.map { f($0) }, marker: .circle),
      ])
    try plot(file, chart)
  }
}
