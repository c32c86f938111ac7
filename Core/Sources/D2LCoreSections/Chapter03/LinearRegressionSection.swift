import ArgumentParser
import D2LCommands
import D2LCore

/// Section 3.1: why whole arrays are worked on at once, and the normal distribution behind the squared loss.
struct LinearRegressionSection: Section {
  static let info = SectionInfo(
    number: "3.1", title: "Linear Regression", package: "core", command: "linear-regression", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("Vectorization for speed")
    let n = 10_000
    let (a, b) = (Tensor<Float>(ones: [n]), Tensor<Float>(ones: [n]))
    var stopwatch = Stopwatch()
    var c = Tensor<Float>(zeros: [n])
    stopwatch.measure {
      for i in 0..<n { c.fill(i, with: a[i].item() + b[i].item()) }
    }
    run.show("seconds, element by element", stopwatch.times.last ?? 0, decimals: 5)
    let d = stopwatch.measure { a + b }
    run.show("seconds, a + b", stopwatch.times.last ?? 0, decimals: 5)
    run.show("times faster", stopwatch.times[0] / stopwatch.times[1], decimals: 0)
    run.show("largest difference", (c - d).norm(.infinity))

    run.part("The normal distribution")
    let x = Tensor<Double>(rangeFrom: -7, to: 7, by: 0.01)
    var chart = LineChart(x: Axis("x"), y: Axis("p(x)"))
    for (mean, deviation) in [(0.0, 1.0), (0, 2), (3, 1)] {
      let density = normal(x, mean, deviation)
      run.show("density at the mean \(Int(mean)), deviation \(Int(deviation))", density.max())
      chart.add(Series("mean \(Int(mean)), deviation \(Int(deviation))", x: x.values, y: density.values))
    }
    try run.plot("normal", chart)
    try run.finish()
  }

  /// The density of N(mean, deviation²): exp(-(x - mean)² / 2 deviation²) / √(2 π deviation²).
  private func normal(_ x: Tensor<Double>, _ mean: Double, _ deviation: Double) -> Tensor<Double> {
    let variance = deviation * deviation
    return exp(square(x - mean) * (-0.5 / variance)) / (2 * Double.pi * variance).squareRoot()
  }
}
