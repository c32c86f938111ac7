import ArgumentParser
import D2LCommands
import D2LCore

/// Section 2.4: the derivative as a limit, and as the slope of a tangent.
struct CalculusSection: Section {
  static let info = SectionInfo(number: "2.4", title: "Calculus", package: "core", command: "calculus", data: "none")

  @OptionGroup var options: ExampleOptions

  /// u = 3 x² - 4 x, whose derivative is 6 x - 4.
  private func f(_ x: Double) -> Double { 3 * x * x - 4 * x }

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("The derivative of 3 x² - 4 x at 1")
    for h in [0.1, 0.01, 0.001, 0.0001, 0.00001] {
      run.show("(f(1 + h) - f(1)) / h with h = \(fixed(h, 5))", (f(1 + h) - f(1)) / h, decimals: 5)
    }

    run.part("The tangent at 1")
    let x = stride(from: 0, to: 3, by: 0.1)
    var chart = LineChart(x: Axis("x"), y: Axis("f(x)"))
    chart.add(Series("f(x) = 3 x² - 4 x", x: x, y: x.map(f)))
    chart.add(Series("tangent: 2 x - 3", x: x, y: x.map { 2 * $0 - 3 }, dash: .dashed))
    try run.plot("tangent", chart)
    try run.finish()
  }
}
