import D2LCore

/// The losses of a model in the course of its training: on the examples that it learns from and, where there are any, on others.
struct FitCurves {
  /// What was fitted.
  let name: String
  private(set) var epochs: [Int] = []
  private(set) var training: [Double] = []
  private(set) var test: [Double] = []

  /// Curves without a point yet.
  init(_ name: String) { self.name = name }

  /// Adds the losses after an epoch.
  mutating func note(epoch: Int, training: Double, test: Double? = nil) {
    epochs.append(epoch)
    self.training.append(training)
    if let test { self.test.append(test) }
  }

  /// The losses in the end; not a number where there are none.
  var last: (training: Double, test: Double) { (training.last ?? .nan, test.last ?? .nan) }

  /// Both curves, for a report.
  func chart(_ loss: String = "loss", limits: ClosedRange<Double>? = nil) -> LineChart {
    var chart = LineChart(title: name, x: Axis("epoch"), y: Axis(loss, scale: .logarithmic, limits: limits))
    chart.add(Series("train", x: epochs, y: training))
    if !test.isEmpty { chart.add(Series("test", x: epochs, y: test, dash: .dashed)) }
    return chart
  }
}
