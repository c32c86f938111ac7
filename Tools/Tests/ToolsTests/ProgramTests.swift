import D2LTestSupport
import D2LTools
import Foundation
import Testing

/// `d2l` as its users run it.
@Suite struct ProgramTests {
  private let d2l: Program

  init() throws { d2l = try Program("d2l") }

  private func array(_ text: String) throws -> [[String: Any]] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
  }

  @Test func versionAndHelp() throws {
    let version = try d2l.run(["--version"])
    #expect(version.status == 0)
    #expect(version.output == D2L.version + "\n")
    let help = try d2l.run([])
    #expect(help.status == 0)
    for command in ["list", "doctor", "bench", "vision"] { #expect(help.output.contains("  \(command) ")) }
  }

  @Test(arguments: [
    ["frobnicate"], ["list", "--frob"], ["vision", "lenet", "--epochs", "0"], ["bench", "--only", "nosuch"],
    ["bench", "--threads", "0"], ["bench", "--mode", "sideways"], ["bench", "compare"],
    ["bench", "compare", "--peer", "true", "--rounds", "-1"],
  ])
  func wrongCommandLines(_ arguments: [String]) throws {
    let outcome = try d2l.run(arguments)
    #expect(outcome.status == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("Error: "))
    #expect(outcome.errors.contains("Usage: d2l"))
  }

  @Test func everySectionIsListedAndRuns() throws {
    let listed = try array(d2l.run(["list", "--json"]).output)
    #expect(listed.count == DomainPackage.sections.count)
    for section in listed {
      #expect(Set(section.keys).isSuperset(of: ["number", "title", "package", "command", "data"]))
      let package = try #require(section["package"] as? String)
      let command = try #require(section["command"] as? String)
      let number = try #require(section["number"] as? String)
      let help = try d2l.run([package, command, "--help"])
      #expect(help.status == 0)
      #expect(help.output.contains(number))
    }
    let table = try d2l.run(["list"])
    #expect(table.status == 0)
    for section in DomainPackage.sections {
      #expect(table.output.contains(section.number) && table.output.contains(section.invocation))
    }
  }

  @Test func sectionsOfOnePlaceAreInTheBooksOrder() {
    for package in DomainPackage.all {
      let numbers = package.sections.map(\.number)
      let sorted = numbers.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
      #expect(numbers == sorted)
    }
    let invocations = DomainPackage.sections.map(\.invocation)
    #expect(Set(invocations).count == invocations.count)
  }

  @Test func doctorFindsWhatIsThere() throws {
    let folder = try TemporaryFolder()
    let variables = ["D2L_DATA": folder.path, "D2L_CACHE": folder.file("cache")]
    let findings = try array(d2l.run(["doctor", "--json"], variables: variables).output)
    let topics = findings.compactMap { $0["topic"] as? String }
    for topic in [
      "processor", "features", "threads", "memory", "system", "Swift", "OpenBLAS", "libpng", "libjpeg", "zlib",
      "D2L_DATA", "data cache", "data: fashion-mnist",
    ] {
      #expect(topics.contains(topic))
    }
    let data = try #require(findings.first { $0["topic"] as? String == "D2L_DATA" })
    #expect(data["text"] as? String == folder.path)
    let blas = try #require(findings.first { $0["topic"] as? String == "OpenBLAS" }?["text"] as? String)
    #expect(blas.contains("kernels for"))
    #expect(try d2l.run(["doctor"], variables: variables).status == 0)
  }

  @Test func doctorSeesDamage() throws {
    let folder = try TemporaryFolder()
    let set = folder.file("timemachine")
    try FileManager.default.createDirectory(atPath: set, withIntermediateDirectories: true)
    try "The Time Traveller".write(toFile: set + "/timemachine.txt", atomically: true, encoding: .utf8)
    for variable in ["D2L_DATA", "D2L_CACHE"] {
      let other = variable == "D2L_DATA" ? "D2L_CACHE" : "D2L_DATA"
      let variables = [variable: folder.path, other: folder.file("none")]
      let findings = try array(d2l.run(["doctor", "--json"], variables: variables).output)
      let finding = try #require(findings.first { $0["topic"] as? String == "data: timemachine" })
      #expect(finding["state"] as? String == "warn")
      #expect((finding["text"] as? String ?? "").contains(set + "/timemachine.txt"))
      #expect((finding["advice"] as? String ?? "").contains("remove"))
    }
  }

  @Test func aRunThroughToolsNamesItself() throws {
    let folder = try TemporaryFolder()
    let outcome = try d2l.run(["vision", "lenet", "--quick", "--epochs", "1", "--json"], in: folder.path)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("d2l vision lenet --"))
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder.file("runs"))
    #expect(runs.count == 1 && runs[0].hasPrefix("vision-lenet-"))
  }
}
