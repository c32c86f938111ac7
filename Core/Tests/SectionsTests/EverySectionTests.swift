import D2LCommands
import D2LCoreSections
import D2LTestSupport
import Foundation
import Testing

/// What holds for all sections of `d2l core`, whatever they show.
@Suite struct EverySectionTests {
  private static let commands = CoreCommand.sections.map { $0.info.command }
  private let program: SectionProgram

  init() throws { program = try SectionProgram() }

  @Test func namesAreDifferent() {
    #expect(Set(Self.commands).count == Self.commands.count)
    let numbers = CoreCommand.sections.map { $0.info.number }
    #expect(Set(numbers).count == numbers.count)
    #expect(CoreCommand.sections.allSatisfy { $0.info.package == "core" })
  }

  @Test(arguments: commands) func quickRunEndsInItsNumbers(_ command: String) throws {
    let start = ContinuousClock.now
    let shown = try program.numbers(command)
    #expect(ContinuousClock.now - start < .seconds(20))
    let info = try #require(CoreCommand.sections.first { $0.info.command == command }?.info)
    #expect(shown.fields["section"] as? String == info.number)
    #expect(shown.fields["seed"] as? Int == 0)
    #expect(shown.output.hasPrefix("\(info.number) \(info.title)"))
    #expect(try shown.text(of: "report.html").contains(info.title.replacing("&", with: "&amp;")))
  }

  @Test(arguments: commands) func wrongCommandLinesAreRefused(_ command: String) throws {
    for (arguments, named) in [
      (["--threads", "0"], "--threads 0"), (["--seed", "-1"], "-1"), (["--out", ""], "--out"),
      (["--frobnicate"], "--frobnicate"),
    ] {
      try program.expectRefusal(command, arguments, naming: named)
    }
  }
}
