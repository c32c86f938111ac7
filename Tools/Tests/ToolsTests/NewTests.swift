import D2LTestSupport
import Foundation
import Testing

/// `d2l new`: what is copied and renamed. That the copy builds and passes its tests is for `make test-clients`.
@Suite struct NewTests {
  private let d2l: Program
  private let folder: TemporaryFolder

  init() throws {
    d2l = try Program("d2l")
    folder = try TemporaryFolder()
  }

  private func files(_ path: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: folder.file(path))?.compactMap { $0 as? String } ?? []
    return found.filter { $0.hasSuffix(".swift") || $0.hasSuffix(".json") || $0.hasSuffix(".md") }
  }

  @Test func aCopyBearsItsOwnName() throws {
    let outcome = try d2l.run(["new", "MyApp", "--from", "Vision"], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("swift run -c release my-app"))
    let own = files("MyApp").filter { !$0.hasPrefix("Core/") }
    for path in [
      "Package.swift", "README.md", "Sources/MyApp/Models/LeNet.swift", "Sources/my-app/Main.swift",
      "Sources/MyAppSections/MyAppCommand.swift", "Tests/MyAppTests/LeNetTests.swift",
      "Tests/MyAppTests/Goldens/lenet.json",
    ] {
      #expect(own.contains(path), "\(path)")
    }
    for path in own where path.hasSuffix(".swift") || path.hasSuffix(".md") {
      let text = try String(contentsOfFile: folder.file("MyApp/" + path), encoding: .utf8)
      for old in ["Vision", "d2l-vision", "d2l vision", "\"vision\""] {
        #expect(!text.contains(old), "\(path): \(old)")
      }
    }
    let manifest = try String(contentsOfFile: folder.file("MyApp/Package.swift"), encoding: .utf8)
    #expect(manifest.contains(".package(path: \"Core\")") && manifest.contains("name: \"MyApp\""))
    // Core is whole and as it was.
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    for path in ["Package.swift", "Sources/CD2LKernels/convolution.c", "Tests/TestSupport/Golden.swift"] {
      let (copy, original) = (folder.file("MyApp/Core/" + path), root.appending(path: "Core/" + path).path)
      #expect(FileManager.default.contentsEqual(atPath: copy, andPath: original), "\(path)")
    }
  }

  @Test func coreBesideIsShared() throws {
    for name in ["One", "TwoThree"] {
      let outcome = try d2l.run(["new", name, "--from", "Vision", "--core", "beside"], in: folder.path)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains(name == "One" ? "one-cli" : "two-three"))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["Core", "One", "TwoThree"])
    let manifest = try String(contentsOfFile: folder.file("One/Package.swift"), encoding: .utf8)
    #expect(manifest.contains(".package(path: \"../Core\")"))
  }

  @Test func whatIsWrongIsNamed() throws {
    for name in ["myApp", "My App", "D2LThing", "Core", "../x"] {
      let outcome = try d2l.run(["new", name, "--from", "Vision"], in: folder.path)
      #expect(outcome.status == 2 && outcome.errors.contains(name), "\(outcome.errors)")
    }
    let unknown = try d2l.run(["new", "MyApp", "--from", "Visionn"], in: folder.path)
    #expect(unknown.status == 1 && unknown.errors.contains("no package Visionn") && unknown.errors.contains("Vision"))
    try "here".write(toFile: folder.file("MyApp"), atomically: true, encoding: .utf8)
    let taken = try d2l.run(["new", "MyApp", "--from", "Vision"], in: folder.path)
    #expect(taken.status == 1 && taken.errors.contains("already"))
    let nowhere = try d2l.run(["new", "MyApp2", "--from", "Vision", "--repository", folder.path], in: folder.path)
    #expect(nowhere.status == 1 && nowhere.errors.contains("--repository"))
  }
}
