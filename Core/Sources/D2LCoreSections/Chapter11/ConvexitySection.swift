import ArgumentParser
import D2LCommands
import D2LCore

/// Section 11.2: functions below their chords, and what follows from it.
struct ConvexitySection: Section {
  static let info = SectionInfo(
    number: "11.2", title: "Convexity", package: "core", command: "convexity", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let parabola = ScalarFunction { x in 0.5 * x * x }
    let x = Tensor<Double>(rangeFrom: -2, to: 2, by: 0.01)

    run.part("Chords")
    let functions: [(name: String, f: ScalarFunction)] = [
      ("x²/2", parabola), ("cos(πx)", ScalarFunction { x in cos(.pi * x) }),
      ("exp(x/2)", ScalarFunction { x in exp(0.5 * x) }),
    ]
    let panels = functions.map { name, f in
      LineChart(title: name, of: [f.series("f", over: x), Series("chord", x: [-1.5, 1], y: [f(-1.5), f(1)])])
    }
    try run.plot("chords", PanelGrid(panels: panels, columns: 3), width: 900, height: 320)
    for (name, f) in functions {
      run.show("\(name): at most so far above its chord from -1.5 to 1", Self.excess(f, -1.5, 1), decimals: 4)
    }

    run.part("Local minima are global minima")
    let shifted = ScalarFunction { x in square(x - 1) }
    var chart = LineChart(y: Axis("f(x)"), of: [shifted.series("(x - 1)²", over: x)])
    chart.add(ReferenceLine.vertical(at: 1, label: "the only minimum"))
    try run.plot("one-minimum", chart)
    run.show("x of the minimum of (x - 1)²", x[shifted(x).argmin()].item(), decimals: 2)

    run.part("In two dimensions")
    let bumpy = { (x: Double, y: Double) in ScalarFunction { y in x * x + 0.5 * cos(2 * .pi * y) }(y) }
    let (first, second) = (Axis("x", limits: -1...1), Axis("y", limits: -1...1))
    try run.plot(
      "convex-in-x-only",
      PanelGrid(
        title: "x² + cos(2πy)/2",
        panels: [
          SurfaceChart(x: first, y: second, function: bumpy), ContourChart(x: first, y: second, function: bumpy),
        ]), width: 900, height: 420)

    run.part("Jensen's inequality")
    let between = [-1.5, -0.5, 1]
    chart = LineChart(
      y: Axis("f(x)"),
      of: [
        parabola.series("x²/2", over: x), Series("by way of x", x: between, y: between.map { parabola($0) }),
        Series("chord from a to b", x: [-1.5, 1], y: [parabola(-1.5), parabola(1)]),
      ])
    for (name, place, textX) in [("a", -1.5, -1.5), ("b", 1, 1), ("x", -0.5, -1)] {
      chart.add(Annotation(name, at: (place, parabola(place)), textAt: (textX, name == "x" ? 0.1 : 1.6)))
    }
    try run.plot("jensen", chart)
    let draws = run.source.scope { Tensor<Double>(randomNormal: [1000]) }
    run.show("f(E[x]) of 1000 normal draws", parabola(draws.mean().item()), decimals: 4)
    run.show("E[f(x)]", parabola(draws).mean().item(), decimals: 4)

    run.part("Second derivatives")
    for (name, f) in functions {
      run.show("smallest second derivative of \(name) on [-2, 2)", f.curvature(at: x).min().item(), decimals: 4)
    }
    try run.finish()
  }

  /// How far `f` rises above the straight line between its values at `a` and `b`: nothing, if it is convex.
  private static func excess(_ f: ScalarFunction, _ a: Double, _ b: Double) -> Double {
    let share = Tensor<Double>(linearSpaceFrom: 0, to: 1, count: 101)
    let chord = f(a) * (1 - share) + f(b) * share
    return (f(a * (1 - share) + b * share) - chord).max().item()
  }
}
