import D2LLayers
import D2LOptim
import D2LTensor
import D2LTestSupport
import Foundation
import Testing

/// A scheduler with the options of the golden `schedule_<name>`.
struct ScheduleCase: Sendable, CustomTestStringConvertible {
  let name: String
  let make: @Sendable (Optimizer) -> any LearningRateScheduler

  var testDescription: String { name }

  init(_ name: String, _ schedule: any LearningRateSchedule) {
    self.name = name
    make = { ScheduledRate(schedule, of: $0, per: .epoch) }
  }

  init(_ name: String, _ make: @escaping @Sendable (Optimizer) -> any LearningRateScheduler) {
    self.name = name
    self.make = make
  }

  static let all: [ScheduleCase] = [
    ScheduleCase("factor", FactorSchedule(factor: 0.9, minimum: 0.02)),
    ScheduleCase("exponential", ExponentialSchedule(gamma: 0.93)),
    ScheduleCase("square_root", SquareRootSchedule()),
    ScheduleCase("step", StepSchedule(size: 7, gamma: 0.3)),
    ScheduleCase("multi_step", MultiStepSchedule(milestones: [5, 15, 15, 22], gamma: 0.5)),
    ScheduleCase("cosine", CosineSchedule(steps: 30, final: 0.01)),
    ScheduleCase("cosine_warmup", CosineSchedule(steps: 20, final: 0.01, warmupSteps: 5, warmupStart: 0.1)),
    ScheduleCase("one_cycle", OneCycleSchedule(steps: 31)),
    ScheduleCase(
      "one_cycle_linear",
      OneCycleSchedule(steps: 31, rise: 0.4, startDivisor: 10, finalDivisor: 100, curve: .linear)),
    ScheduleCase("one_cycle_three", OneCycleSchedule(steps: 31, rise: 0.35, threePhases: true)),
    ScheduleCase("plateau") { ReduceOnPlateau(of: $0, factor: 0.5, patience: 2, cooldown: 1) },
    ScheduleCase("plateau_up") {
      ReduceOnPlateau(of: $0, direction: .up, factor: 0.3, patience: 1, threshold: .absolute(0.01), minimum: 0.01)
    },
  ]
}

@Suite struct ScheduleTests {
  private func optimizer(_ rate: Double = 0.5) -> SGD {
    SGD([Parameter(Tensor<Float>(zeros: [1]))], learningRate: rate)
  }

  private func metrics(for name: String) throws -> [Double] {
    let falling = try #require(try Golden("optim").entry("schedule_plateau_metrics") as? [NSNumber]).map(\.doubleValue)
    return name == "plateau_up" ? falling.map { 1 - $0 / 2 } : falling
  }

  @Test(arguments: ScheduleCase.all) func thirtyRatesAgreeWithPyTorch(_ one: ScheduleCase) throws {
    let golden = try #require(try Golden("optim").entry("schedule_\(one.name)") as? [NSNumber]).map(\.doubleValue)
    let metrics = try metrics(for: one.name)
    let optimizer = optimizer()
    let scheduler = one.make(optimizer)
    var rates: [Double] = []
    for t in 0..<30 {
      rates.append(optimizer.learningRate)
      scheduler.advance(metric: metrics[t])
    }
    #expect(mismatch(rates, golden, relative: 1e-9, absolute: 1e-12) == nil)
  }

  @Test(arguments: ScheduleCase.all) func savedStateGoesOn(_ one: ScheduleCase) throws {
    let metrics = try metrics(for: one.name)
    let whole = optimizer()
    let scheduler = one.make(whole)
    for split in [0, 3, 11, 25] {
      let first = optimizer()
      let before = one.make(first)
      for t in 0..<split { before.advance(metric: metrics[t]) }
      let data = try JSONEncoder().encode(before.state)
      // An optimizer of another rate takes over the saved ones.
      let second = optimizer(0.123)
      let after = one.make(second)
      after.state = try JSONDecoder().decode(SchedulerState.self, from: data)
      for t in split..<30 {
        #expect(second.learningRate == first.learningRate)
        before.advance(metric: metrics[t])
        after.advance(metric: metrics[t])
      }
    }
    scheduler.advance(metric: 1)
  }

  /// The values that book 11.11 prints or derives.
  @Test func theBooksRates() {
    #expect(SquareRootSchedule().rate(at: 0, base: 0.1) == 0.1)
    #expect(abs(SquareRootSchedule().rate(at: 29, base: 0.1) - 0.01826) < 5e-6)
    let factor = FactorSchedule(factor: 0.9, minimum: 1e-2)
    #expect(abs(factor.rate(at: 1, base: 2) - 1.8) < 1e-12 && abs(factor.rate(at: 50, base: 2) - 0.0103) < 5e-5)
    let steps = MultiStepSchedule(milestones: [15, 30], gamma: 0.5)
    #expect([14, 15, 29, 30].map { steps.rate(at: $0, base: 0.5) } == [0.5, 0.25, 0.25, 0.125])
    let cosine = CosineSchedule(steps: 20, final: 0.01)
    for (t, expected) in [(0, 0.3), (5, 0.2575), (10, 0.155), (15, 0.0525), (20, 0.01), (29, 0.01)] {
      #expect(abs(cosine.rate(at: t, base: 0.3) - expected) < 5e-5)
    }
    let warm = CosineSchedule(steps: 20, final: 0.01, warmupSteps: 5)
    #expect(warm.rate(at: 0, base: 0.3) == 0 && warm.rate(at: 5, base: 0.3) == 0.3)
    #expect(abs(warm.rate(at: 2, base: 0.3) - 0.12) < 1e-12)
  }

  @Test func everyGroupFollowsFromItsOwnRate() {
    let groups = [0.1, 0.4].map { ParameterGroup([Parameter(Tensor<Float>(zeros: [1]))], learningRate: $0) }
    let optimizer = SGD(groups: groups)
    let scheduler = ScheduledRate(StepSchedule(size: 1, gamma: 0.5), of: optimizer, per: .batch)
    scheduler.advance()
    #expect(optimizer.groups.map(\.learningRate) == [0.05, 0.2])
    let plateau = ReduceOnPlateau(of: optimizer, factor: 0.5, patience: 0)
    plateau.advance(metric: 1)
    plateau.advance(metric: 1)
    #expect(optimizer.groups.map(\.learningRate) == [0.025, 0.1])
  }
}
