import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence
import Foundation

/// Section 8.7: how far gradients reach back. Full and truncated gradients of the same loss, in numbers.
struct BackpropagationSection: Section {
  static let info = SectionInfo(
    number: "8.7", title: "Backpropagation Through Time", package: "sequence", command: "bptt", data: "none",
    paper: "Tallec, Ollivier, \"Unbiasing Truncated Backpropagation Through Time\", 2017")

  @OptionGroup var options: ExampleOptions

  @Option(help: "How many steps the sequence has.")
  var steps = 64

  func validate() throws {
    guard 8...4096 ~= steps else { throw ValidationError("--steps \(steps): a number from 8 to 4096 is expected.") }
  }

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    try linear(run)
    try truncation(run)
    try kinds(run)
    try run.finish()
  }

  /// The book's linear example, where the gradient can be written down: h_t = W x_t + U h_{t-1}.
  private func linear(_ run: ExampleRun) throws {
    run.part("By hand and by the tape")
    let (length, width) = (6, 3)
    let (u, w, x) = run.source.scope {
      (
        Tensor<Double>(randomNormal: [width, width], standardDeviation: 0.5),
        Tensor<Double>(randomNormal: [width, width], standardDeviation: 0.5),
        Tensor<Double>(randomNormal: [length, width])
      )
    }
    let leaf = u.requiringGradient()
    var states = [Tensor<Double>(zeros: [width])]
    for step in 0..<length {
      let last = states[step]
      states.append(x[step].matmul(w.transposed()) + last.matmul(leaf.transposed()))
    }
    states[length].sum().backward()
    // dL/dU = Σ_t (Uᵀ)^(T-t) 1 · h_{t-1}ᵀ.
    var sum = Tensor<Double>(zeros: [width, width])
    var back = Tensor<Double>(ones: [width])
    for step in stride(from: length, to: 0, by: -1) {
      sum = sum + back.outer(states[step - 1].detached())
      back = back.matmul(u)
    }
    let difference = leaf.gradient.map { abs($0 - sum).max().item() } ?? .nan
    run.show("dL/dU by the formula", sum)
    run.show("largest difference from the tape's", difference, decimals: 15)
  }

  /// The same loss at the end of a sequence, its gradient cut off after the last k steps.
  private func truncation(_ run: ExampleRun) throws {
    run.part("Truncated after k steps")
    let (batch, hidden) = (4, 32)
    let rnn = run.source.scope { RNN(8, hidden) }
    let x = run.source.scope { Tensor<Float>(randomNormal: [steps, batch, 8]) }
    let full = gradient(rnn, x, truncatedTo: steps)
    var table = TextTable("steps", "norm of the gradient", "cosine with the full one", "relative error")
    var (reach, errors): ([Int], [Double]) = ([], [])
    for k in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048].filter({ $0 < steps }) + [steps] {
      let part = gradient(rnn, x, truncatedTo: k)
      let cosine = dot(part, full) / (norm(part) * norm(full))
      let error = norm(zip(part, full).map { $0 - $1 }) / norm(full)
      table.add(String(k), fixed(norm(part), 6), fixed(cosine, 6), fixed(error, 6))
      run.show("relative error of \(k) steps", error, decimals: 9)
      if error > 0 {
        reach.append(k)
        errors.append(error)
      }
    }
    run.table(table, caption: "The gradient of the recurrent weight of a tanh layer at its usual beginning.")
    var chart = LineChart(
      title: "What truncation loses", x: Axis("steps kept", scale: .logarithmic),
      y: Axis("relative error", scale: .logarithmic))
    chart.add(Series("tanh layer", x: reach, y: errors, marker: .circle))
    try run.plot("truncation", chart)
    run.say(
      "At its usual beginning the layer forgets fast, so that a window of 35 steps loses next to nothing; all steps are the full gradient to the bit."
    )
  }

  /// The gradient of the recurrent weight: the state enters the last `k` steps as a number, not as a function of the weights.
  private func gradient(_ rnn: RNN, _ x: Tensor<Float>, truncatedTo k: Int) -> [Double] {
    rnn.zeroGradients()
    var state: Tensor<Float>?
    if k < steps { state = withoutGradient { rnn(x[0..<(steps - k)]).state } }
    rnn(x[(steps - k)..<steps], state: state).state.sum().backward()
    let weight = rnn.namedParameters().first { $0.name == "weight_hh_l0" }?.parameter
    return weight?.gradient?.values.map { Double($0) } ?? []
  }

  /// How the gradient of the last state fades toward the inputs long before, by kind of layer.
  private func kinds(_ run: ExampleRun) throws {
    run.part("How far back a layer feels")
    var chart = LineChart(
      title: "Gradient of the last state by the input so many steps before", x: Axis("steps before the last"),
      y: Axis("norm of the gradient", scale: .logarithmic))
    let places = [7, 15, 31, 63].filter { $0 < steps }
    var table = TextTable(columns: (["layer"] + places.map { "\($0) steps before" }).map { TextTable.Column($0) })
    for kind in RecurrentKind.allCases {
      let layer = run.source.scope { kind.layer(8, 32) }
      let x = run.source.scope { Tensor<Float>(randomNormal: [steps, 4, 8]) }.requiringGradient()
      layer(x).state.hidden.sum().backward()
      guard let gradient = x.gradient else { continue }
      let norms = (0..<steps).map { Double(sqrt(square(gradient[steps - 1 - $0]).sum()).item()) }
      let shares = places.map { norms[$0] / norms[0] }
      table.add([kind.rawValue] + shares.map { NumberText.significant($0, digits: 2) })
      run.record("\(kind.rawValue), share \(places.map(String.init).joined(separator: ", ")) steps before", shares)
      chart.add(Series(kind.rawValue, x: 0..<steps, y: norms.map { $0 > 0 ? $0 : .nan }))
    }
    run.table(table, caption: "The gradient by an input, as a share of that by the last one.")
    try run.plot("reach", chart)
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  private func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }
}
