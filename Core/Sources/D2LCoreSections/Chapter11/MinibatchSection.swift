import ArgumentParser
import D2LCommands
import D2LCore

/// Section 11.5: why numbers are worked on in blocks, and how large a minibatch should be.
struct MinibatchSection: Section {
  static let info = SectionInfo(
    number: "11.5", title: "Minibatch Stochastic Gradient Descent", package: "core", command: "minibatch-sgd",
    data: "airfoil self-noise")

  @OptionGroup var options: AirfoilOptions

  func run() throws {
    let (data, details) = try options.load()
    let run = try ExampleRun(Self.info, options.example)

    run.part("Vectorization and caches")
    try multiply(run)

    run.part("Batch sizes")
    run.show("data", details)
    let trials = try [
      trial(data, "gradient descent", batchSize: 1500, learningRate: 1, epochs: 10),
      trial(data, "one example a step", batchSize: 1, learningRate: 0.005),
      trial(data, "batches of 100", batchSize: 100, learningRate: 0.4),
      trial(data, "batches of 10", batchSize: 10, learningRate: 0.05),
      LinearRegressionTrial(data: data, seed: run.seed).concise("concise, batches of 10") {
        SGD($0, learningRate: 0.05)
      },
    ]
    try run.show(trials)
    var chart = LineChart(x: Axis("seconds", scale: .logarithmic), y: Axis("loss", limits: 0.22...0.35))
    for trial in trials { chart.add(Series(trial.name, x: trial.times, y: trial.losses)) }
    try run.plot("loss-over-time", chart)
    try run.finish()
  }

  private func trial(
    _ data: RegressionDataset, _ name: String, batchSize: Int, learningRate: Float, epochs: Int = 2
  ) throws -> TrialResult {
    try LinearRegressionTrial(data: data, seed: options.example.seed, batchSize: batchSize, epochs: epochs)
      .scratch(name, DescentRule(learningRate: learningRate))
  }

  /// A = B C of 256 × 256 numbers, element by element, column by column, whole, and in blocks of 64 columns.
  private func multiply(_ run: ExampleRun) throws {
    let size = 256
    let (b, c) = run.source.scope {
      (Tensor<Float>(randomNormal: [size, size]), Tensor<Float>(randomNormal: [size, size]))
    }
    let whole = b.matmul(c)
    var table = TextTable("A = B C", "seconds", "Gflop/s")
    func measure(_ name: String, _ body: (inout Tensor<Float>) -> Void) {
      var a = Tensor<Float>(zeros: [size, size])
      // The shortest of some rounds: the first one pays for memory and caches.
      let seconds = (0..<3).map { _ in ContinuousClock().measure { body(&a) }.seconds }.min() ?? .nan
      let work = 2 * Double(size * size * size)  // the book's code divides 2 by the seconds
      table.add(name, fixed(seconds, 6), fixed(work / seconds / 1e9, 3))
      run.record("Gflop/s \(name)", [work / seconds / 1e9])
      run.record("largest error \(name)", [Double(abs(a - whole).max().item())])
    }
    measure("element by element") { a in
      for i in 0..<size {
        for j in 0..<size { a.fill(i, j, with: b[i].dot(c[.all, j]).item()) }
      }
    }
    measure("column by column") { a in
      for j in 0..<size { a[.all, j] = b.matmul(c[.all, j]) }
    }
    measure("whole") { a in a = b.matmul(c) }
    measure("in blocks of 64 columns") { a in
      for j in stride(from: 0, to: size, by: 64) { a[.all, j..<j + 64] = b.matmul(c[.all, j..<j + 64]) }
    }
    run.table(table)
  }
}
