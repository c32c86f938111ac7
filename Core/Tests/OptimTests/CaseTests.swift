import D2LCoverage
import D2LTestSupport
import Testing

/// The cases against the list of what they are to check.
@Suite struct CaseTests {
  /// A case named after one optimizer that builds another would check nothing.
  @Test func casesBuildWhatTheyName() {
    for (type, names) in CaseTests.runs(of: .optimizer, prefix: "optim/") {
      #expect(names.count > 1, "\(type)")
      for name in names {
        let one = OptimizerCase.all.first { $0.name == name }
        #expect(one.map { "\(Swift.type(of: $0.make([])))" } == type, "\(name)")
      }
    }
  }

  @Test func everyCaseIsClaimed() {
    let optimizers = CaseTests.runs(of: .optimizer, prefix: "optim/").flatMap(\.runs)
    #expect(Set(optimizers) == Set(OptimizerCase.all.map(\.name)))
    let schedules = CaseTests.runs(of: .schedule, prefix: "optim/schedule_").flatMap(\.runs)
    #expect(Set(schedules) == Set(ScheduleCase.all.map(\.name)))
  }

  /// With and without weight decay, every one.
  @Test func everyOptimizerRunsWithDecayAndWithout() {
    for (type, names) in CaseTests.runs(of: .optimizer, prefix: "optim/") {
      let cases = OptimizerCase.all.filter { names.contains($0.name) }
      #expect(cases.contains { $0.decay > 0 } && cases.contains { $0.decay == 0 }, "\(type)")
    }
  }

  private static func runs(of kind: Coverage.Kind, prefix: String) -> [(name: String, runs: [String])] {
    Coverage.all.filter { $0.kind == kind }.map { entry in
      guard case .goldens(let names) = entry.values else { return (entry.name, []) }
      return (entry.name, names.map { String($0.dropFirst(prefix.count)) })
    }
  }
}
