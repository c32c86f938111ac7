import D2LCommands
import D2LCore

/// y = w · x + b: the law that 3.2 and 3.3 make their examples by, or the one that they found.
struct LinearLaw {
  let weights: [Float]
  let bias: Float

  /// w = [2, -3.4], b = 4.2.
  static let ofTheBook = LinearLaw(weights: [2, -3.4], bias: 4.2)

  /// The law in words.
  var details: String {
    "1,000 examples of y = 2 x1 - 3.4 x2 + 4.2 with noise N(0, 0.01²), x from N(0, 1)"
  }

  /// Ends a run that found the law `learned` where this one was true: says how far off it is.
  func finish<Defaults>(
    _ run: SectionRun<Defaults>, _ history: [EpochReport], _ learned: LinearLaw, model: String
  ) throws {
    var table = TextTable("", "true", "learned", "error")
    var results: [(name: String, value: Double?)] = []
    let names = weights.indices.map { "w\($0 + 1)" } + ["b"]
    for (name, (expected, found)) in zip(names, zip(weights + [bias], learned.weights + [learned.bias])) {
      let error = Double(expected - found)
      table.add(name, fixed(Double(expected), 4), fixed(Double(found), 4), fixed(error, 6))
      results.append(("\(name)_error", error))
    }
    print("\n\(table)")
    run.report.add("The law", .table(table))
    results.append(("loss", history.last?.training["loss"]))
    try run.finish(
      history, model: model, results: results,
      next: [
        NextStep("--learning-rate 0.001", "steps too small to arrive in three epochs"),
        NextStep("--batch-size 1000 --epochs 30", "all examples in every step"),
        NextStep("--seed 1 --json", "other examples, ending with a line for scripts"),
      ])
  }
}

extension Tally {
  /// Mean of the losses of examples.
  init(losses: Tensor<Float>) {
    self.init(count: losses.count, sums: ["loss": losses.values.reduce(0.0) { $0 + Double($1) }])
  }
}

extension RegressionDataset {
  /// One feature against the target, a point for each example.
  func chart(ofFeature feature: Int) -> LineChart {
    var chart = LineChart(x: Axis("feature \(feature + 1)"), y: Axis("label"))
    chart.add(Series("", x: inputs[.all, feature].values, y: targets.values, style: .points))
    return chart
  }
}
