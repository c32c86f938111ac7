import ArgumentParser
import D2LCommands
import D2LCore

/// Section 4.1: the functions that make a perceptron of several layers more than a linear model, and their gradients.
struct ActivationFunctionsSection: Section {
  static let info = SectionInfo(
    number: "4.1", title: "Multilayer Perceptrons", package: "core", command: "activation-functions", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let x = Tensor<Double>(rangeFrom: -8, to: 8, by: 0.1)
    let functions: [(name: String, f: ScalarFunction)] = [
      ("relu", ScalarFunction { relu($0) }), ("sigmoid", ScalarFunction { sigmoid($0) }),
      ("tanh", ScalarFunction { tanh($0) }),
    ]
    for (name, f) in functions {
      run.part(name)
      try run.plot(
        name,
        PanelGrid(
          panels: [
            LineChart(y: Axis("\(name)(x)"), of: [f.series("", over: x)]),
            LineChart(y: Axis("gradient of \(name)"), of: [f.slopeSeries("", over: x)]),
          ]), width: 800, height: 320)
      run.show("\(name) at -8, 0 and 7.9", Tensor([f(-8), f(0), f(7.9)]))
      run.show("largest gradient of \(name)", f.slope(at: x).max().item())
      run.record("gradients of \(name)", f.slope(at: x).values)
    }
    try run.finish()
  }
}
