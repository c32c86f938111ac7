import D2LTestSupport
import Foundation
import Testing

@Suite struct CoverageTests {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  private func text(in folder: URL) throws -> String {
    let files = try #require(
      FileManager.default.enumerator(at: folder.resolvingSymlinksInPath(), includingPropertiesForKeys: nil))
    return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
      .map { try String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
  }

  /// Public types and free functions of the module, as its sources have them.
  private func declarations() throws -> Set<String> {
    let sources = try text(in: Self.tests.appendingPathComponent("../../Sources/D2LOptim").standardizedFileURL)
    let types = /(?m)^ *(?:public|open) (?:final )?(?:class|struct|enum|protocol|actor) (\w+)/
    let functions = /(?m)^public func (\w+)/
    return Set(sources.matches(of: types).map { String($0.1) } + sources.matches(of: functions).map { String($0.1) })
  }

  @Test func everyPublicDeclarationIsListed() throws {
    let found = try declarations()
    let listed = Set(OptimizerCoverage.all.keys)
    #expect(found.subtracting(listed).isEmpty, "not listed: \(found.subtracting(listed).sorted())")
    #expect(listed.subtracting(found).isEmpty, "listed, but not there: \(listed.subtracting(found).sorted())")
  }

  @Test func everyOptimizerAndScheduleHasAGolden() throws {
    let sources = try text(in: Self.tests.appendingPathComponent("../../Sources/D2LOptim").standardizedFileURL)
    let optimizers = Set(sources.matches(of: /class (\w+): Optimizer\b/).map { String($0.1) })
    let schedules = Set(sources.matches(of: /struct (\w+): LearningRateSchedule\b/).map { String($0.1) })
    #expect(optimizers == Set(OptimizerCoverage.optimizers.keys))
    #expect(schedules.isSubset(of: Set(OptimizerCoverage.schedules.keys)))
  }

  @Test func everyCheckIsThere() throws {
    let golden = Set(try Golden("optim").names)
    let tests = try text(in: Self.tests)
    var used: Set<String> = ["schedule_plateau_metrics"]
    for (name, check) in OptimizerCoverage.all {
      switch check {
      case .steps(let cases):
        #expect(Set(cases).isSubset(of: Set(OptimizerCase.all.map(\.name))), "\(name)")
        used.formUnion(cases)
      case .rates(let cases):
        #expect(Set(cases).isSubset(of: Set(ScheduleCase.all.map(\.name))), "\(name)")
        used.formUnion(cases.map { "schedule_\($0)" })
      case .golden(let cases): used.formUnion(cases)
      case .test(let test): #expect(tests.contains("func \(test)("), "\(name)")
      }
    }
    #expect(used == golden)
  }

  /// A case named after one optimizer that builds another would check nothing: the name must begin the type's.
  @Test func casesBuildWhatTheyName() throws {
    for (type, check) in OptimizerCoverage.optimizers {
      guard case .steps(let cases) = check else { continue }
      for one in OptimizerCase.all where cases.contains(one.name) {
        let optimizer = one.make([])
        #expect("\(Swift.type(of: optimizer))" == type, "\(one.name)")
      }
    }
  }
}
