import ArgumentParser
import D2LCommands
import D2LCore

/// Section 2.6: a die is thrown, and a test that errs is trusted by Bayes' theorem.
struct ProbabilitySection: Section {
  static let info = SectionInfo(
    number: "2.6", title: "Probability", package: "core", command: "probability", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let fair = Tensor<Double>(repeating: 1 / 6, shape: [6])
    func throwing(_ times: Int) -> Tensor<Double> {
      Tensor(randomMultinomial: times, probabilities: fair, using: &run.source.generator)
    }

    run.part("Throwing a die")
    run.show("one throw", throwing(1))
    run.show("ten throws", throwing(10))
    run.show("ten more", throwing(10))
    run.show("shares of 1000 throws", throwing(1000) / 1000)

    run.part("Shares come to be probabilities")
    let groups = Tensor(stacking: (0..<500).map { _ in throwing(10) })  // [group, face]
    let counts = groups.cumulativeSum(axis: 0)
    let shares = counts / counts.sum(axis: 1, keepingDimensions: true)
    run.show("shares of all 5000 throws", shares[-1])
    var chart = LineChart(x: Axis("groups of ten throws"), y: Axis("share of the face so far"))
    for face in 0..<6 { chart.add(Series("\(face + 1)", x: 1...500, y: shares[.all, face].values)) }
    chart.add(ReferenceLine.horizontal(at: 1 / 6, label: "1/6"))
    try run.plot("shares", chart)

    run.part("Two tests for an illness")
    run.say(
      """
      One in 667 has it. The first test never misses it and is wrong about one healthy person in a hundred; the second finds 98 in a \
      hundred and is wrong about three healthy ones. The tests err independently.
      """)
    let ill = 0.0015
    let first = (ifIll: 1.0, ifHealthy: 0.01)
    let second = (ifIll: 0.98, ifHealthy: 0.03)
    let positive = first.ifIll * ill + first.ifHealthy * (1 - ill)
    run.show("P(first positive)", positive)
    run.show("P(ill | first positive)", first.ifIll * ill / positive, decimals: 4)
    let bothIfIll = first.ifIll * second.ifIll
    let both = bothIfIll * ill + first.ifHealthy * second.ifHealthy * (1 - ill)
    run.show("P(both positive)", both, decimals: 8)
    run.show("P(ill | both positive)", bothIfIll * ill / both, decimals: 4)
    try run.finish()
  }
}
