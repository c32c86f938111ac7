import D2LTestSupport
import Foundation
import Testing

/// Chapter 11 without the airfoil data: the numbers that the book prints, and what its plots show.
@Suite struct Chapter11Tests {
  private let program: SectionProgram

  init() throws { program = try SectionProgram() }

  @Test func minimaSaddlesAndFlatStretches() throws {
    let shown = try program.numbers("optimization")
    #expect(mismatch(shown["x of the lowest risk"], [1.09]) == nil)
    #expect(mismatch(shown["x of the lowest empirical risk"], [1.02]) == nil)
    #expect(shown["f at the local minimum"][0] > shown["f at the global minimum"][0] + 0.5)
    // The book's text: tanh′(4) = 0.0013.
    #expect(mismatch(shown["slope of tanh at 4"], [1 - pow(tanh(4), 2)]) == nil)
    #expect(shown["slope of x³ at 0"] == [0])
    #expect(shown["curvature of x³ at 0"] == [0])
  }

  @Test func convexFunctionsStayBelowTheirChords() throws {
    let shown = try program.numbers("convexity")
    let above = ["x²/2", "cos(πx)", "exp(x/2)"].map { shown["\($0): at most so far above its chord from -1.5 to 1"][0] }
    #expect(above[0] < 1e-12 && above[1] > 1 && above[2] < 1e-12)
    #expect(shown["x of the minimum of (x - 1)²"][0] == 1)
    #expect(shown["E[f(x)]"][0] > shown["f(E[x]) of 1000 normal draws"][0] + 0.4)
    let curvatures = ["x²/2", "cos(πx)", "exp(x/2)"].flatMap { shown["smallest second derivative of \($0) on [-2, 2)"] }
    #expect(mismatch(curvatures, [1, -.pi * .pi, exp(-1) / 4], relative: 1e-9) == nil)
  }

  @Test func gradientDescentAndNewton() throws {
    let shown = try program.numbers("gradient-descent")
    for (name, expected) in [
      ("x², learning rate 0.2", 0.060466), ("x², learning rate 0.05", 3.486784),
      ("x², learning rate 1.1", 61.917364), ("x cos(0.15πx), learning rate 2", -1.528165),
      ("cosh(x/2), Newton", 0), ("x cos(0.15πx), Newton", 26.834133), ("x cos(0.15πx), half steps", 7.26986),
    ] {
      #expect(mismatch(shown["\(name): x after 10 steps"], [expected], relative: 0, absolute: 1e-5) == nil, "\(name)")
    }
    shown.expectEnd(of: "x1² + 2 x2², learning rate 0.1", -0.057646, -0.000073)
  }

  /// 11.4's walks are random: the constant rate strays about the minimum, the exponential one gets stuck, the polynomial one arrives.
  @Test(arguments: [0, 1, 2]) func noisyDescent(seed: Int) throws {
    let shown = try program.numbers("sgd", ["--seed", "\(seed)"])
    func end(_ walk: String, steps: Int) -> [Double] {
      shown["\(walk): x1 after \(steps) steps"] + shown["\(walk): x2 after \(steps) steps"]
    }
    #expect(end("constant rate", steps: 50).allSatisfy { abs($0) < 1.2 })
    let stuck = end("exponential decay", steps: 1000)
    #expect(-2 < stuck[0] && stuck[0] < -0.2 && abs(stuck[1]) < 0.6)
    #expect(end("polynomial decay", steps: 50).allSatisfy { abs($0) < 0.6 })
  }

  @Test func walksInTheNarrowValley() throws {
    let momentum = try program.numbers("momentum")
    momentum.expectEnd(of: "descent, rate 0.4", -0.943467, -0.000073)
    momentum.expectEnd(of: "descent, rate 0.6", -0.387814, -1673.365109)
    momentum.expectEnd(of: "momentum, rate 0.6, beta 0.5", 0.007188, 0.002553)
    momentum.expectEnd(of: "momentum, rate 0.6, beta 0.25", -0.126340, -0.186632)
    let adaGrad = try program.numbers("adagrad")
    adaGrad.expectEnd(of: "AdaGrad, rate 0.4", -2.382563, -0.158591)
    adaGrad.expectEnd(of: "AdaGrad, rate 2.0", -0.002295, 0)
    try program.numbers("rmsprop").expectEnd(of: "RMSProp, rate 0.4, gamma 0.9", -0.010599, 0)
  }

  // MARK: Schedules

  @Test func schedules() throws {
    // The book's rate, on batches large enough that it does not throw the weights about.
    let shown = try program.numbers(
      "learning-rate-scheduling",
      ["--quick", "--learning-rate", "0.3", "--batch-size", "64", "--epochs", "12", "--schedule", "warm-up"])
    func expect(
      _ name: String, _ rates: KeyValuePairs<Int, Double>, digits: Double = 1e-9,
      sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let all = shown["\(name): rates"]
      for (epoch, rate) in rates {
        #expect(abs(all[epoch] - rate) < digits, "\(name), epoch \(epoch)", sourceLocation: sourceLocation)
      }
    }
    #expect(shown["constant: rates"] == [Double](repeating: 0.3, count: 30))
    expect("square-root", [0: 0.1, 29: 0.01826], digits: 5e-6)
    expect("multi-step", [0: 0.5, 14: 0.5, 15: 0.25, 29: 0.25])
    expect("cosine", [0: 0.3, 10: 0.155, 20: 0.01, 29: 0.01])
    expect("cosine", [5: 0.2575, 15: 0.0525], digits: 5e-5)
    expect("warm-up", [0: 0, 1: 0.06, 4: 0.24, 5: 0.3, 20: 0.01])
    expect("factor", [0: 1.8, 49: 0.0103], digits: 5e-5)
    // What was asked for is trained and no more; it begins at the rate 0 and learns nevertheless.
    #expect(shown["warm-up: train loss, train accuracy, test accuracy"][2] > 0.5)
    #expect(shown.fields["cosine: train loss, train accuracy, test accuracy"] == nil)
  }

  @Test(arguments: [0, 1, 2]) func everySchedule(seed: Int) throws {
    let shown = try program.numbers("learning-rate-scheduling", ["--quick", "--seed", "\(seed)"])
    let losses = ["constant", "square-root", "multi-step", "cosine", "warm-up"].map {
      shown["\($0): train loss, train accuracy, test accuracy"][0]
    }
    // Five runs, no two alike; guessing comes to 2.3.
    #expect(Set(losses).count == 5 && losses.allSatisfy { $0 < 1.5 }, "\(losses)")
  }

  @Test(arguments: [
    ["--schedule", "linear"], ["--resume", "run"], ["--epochs", "0"], ["--learning-rate", "-1"],
    ["--quick", "--data", "real"],
  ])
  func wrongOptions(_ arguments: [String]) throws {
    try program.expectRefusal("learning-rate-scheduling", arguments, naming: arguments[0])
  }
}

extension SectionNumbers {
  /// Expects a walk of 20 steps to have ended at a point that the book gives with six decimals.
  fileprivate func expectEnd(
    of walk: String, _ x1: Double, _ x2: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let end = self["\(walk): x1 after 20 steps"] + self["\(walk): x2 after 20 steps"]
    #expect(
      mismatch(end, [x1, x2], relative: 1e-9, absolute: 6e-7) == nil, "\(walk): \(end)", sourceLocation: sourceLocation)
  }
}
