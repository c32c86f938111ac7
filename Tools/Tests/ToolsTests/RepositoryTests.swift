import D2LTestSupport
import D2LTools
import Foundation
import Testing

/// What the repository says of itself.
@Suite struct RepositoryTests {
  private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  @Test func theReadmeListsTheSectionsThatRun() throws {
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let table = try Program("d2l").run(["list", "--markdown"])
    #expect(table.status == 0)
    #expect(
      readme.contains("\n\n" + table.output + "\n"),
      "put the output of `d2l list --markdown` in place of the table in README.md")
  }

  @Test func theRootManifestAgreesWithThePackages() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["swift", root.appending(path: "Tools/Scripts/root-manifest.swift").path, "--check"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "run `make manifest`")
  }

  /// A domain stands on Core alone, so that whoever depends on it compiles no other; `make test-clients` builds such a client and a copy.
  @Test func domainsDependOnCoreAlone() throws {
    for package in try packages() where !["Core", "Tools"].contains(package) {
      let manifest = try String(contentsOf: root.appending(path: "\(package)/Package.swift"), encoding: .utf8)
      let paths = manifest.matches(of: /\.package\([^)]*path: "([^"]*)"/).map { String($0.1) }
      #expect(paths == ["../Core"], "\(package)")
    }
  }

  /// The folders with a package.
  private func packages() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.path).filter {
      FileManager.default.fileExists(atPath: root.appending(path: "\($0)/Package.swift").path)
    }.sorted()
  }

  @Test func everyPackageIsWhole() throws {
    for package in try packages() {
      for part in ["Package.swift", "README.md", "Sources", "Tests"] {
        #expect(FileManager.default.fileExists(atPath: root.appending(path: "\(package)/\(part)").path))
      }
    }
  }

  @Test func makeNamesItsTargets() throws {
    let makefile = try String(contentsOf: root.appending(path: "Makefile"), encoding: .utf8)
    for target in ["help", "setup", "demo", "build", "test-all", "bench", "parity", "format", "lint", "clean"] {
      #expect(makefile.contains("\n\(target): "))
    }
  }
}
