import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// Section 11.4: gradient descent with noise in the gradients, and learning rates that fall.
struct StochasticGradientDescentSection: Section {
  static let info = SectionInfo(
    number: "11.4", title: "Stochastic Gradient Descent", package: "core", command: "sgd", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    run.say(
      "Gradients of x1² + 2 x2² with noise of standard deviation 1, as if each were of an example drawn at random.")

    run.part("A constant learning rate")
    try walk(run, "constant rate", steps: 50, plot: "constant") { _ in 1 }
    run.say("The walk gets near the minimum and then strays about it: the noise does not become less.")

    run.part("Exponential decay")
    try walk(run, "exponential decay", steps: 1000, plot: "exponential") { t in exp(-0.1 * t) }
    run.say("The steps have become too small to move, long before the minimum.")

    run.part("Polynomial decay")
    try walk(run, "polynomial decay", steps: 50, plot: "polynomial") { t in 1 / (1 + 0.1 * t).squareRoot() }
    try run.finish()
  }

  /// Walks down with learning rates 0.1 · decay(t); as in the book, t is 2 at the first step.
  private func walk(
    _ run: ExampleRun, _ title: String, steps: Int, plot: String, decay: (Double) -> Double
  ) throws {
    let valley = Valley.round
    let walk = run.source.scope {
      valley.walk(steps: steps) { x, step in
        let gradient = valley.gradient(at: x) + Tensor(randomNormal: [2])
        x -= 0.1 * decay(Double(step + 2)) * gradient
      }
    }
    try run.show(walk, over: valley, title, plot: plot)
  }
}
