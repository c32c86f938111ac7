import D2LFiles
import D2LTensor
import D2LWeights
import Foundation
import Testing

/// What `make_fixtures.py` found in a file with the library that wrote it.
struct Expectation: Decodable {
  struct Stored: Decodable {
    let name: String
    let dtypeInFile: String
    let dtype: String
    let shape: [Int]
    let bytes: Data
  }
  let tensors: [Stored]
  let metadata: [String: String?]
  let tied: [String: String]

  static func all() throws -> [String: Expectation] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")
    var result: [String: Expectation] = [:]
    for name in ["manifest", "manifest-mxnet", "manifest-onnx"] {
      let data = try Data(contentsOf: folder.appendingPathComponent(name + ".json"))
      result.merge(try JSONDecoder().decode([String: Expectation].self, from: data)) { $1 }
    }
    return result
  }
}

@Suite struct FixtureTests {
  @Test(arguments: try Expectation.all().keys.sorted())
  func aFileHoldsWhatItsLibraryReads(_ name: String) throws {
    let expected = try #require(try Expectation.all()[name])
    for borrows in [true, false] {
      let file = try Weights.open(fixture(name), options: ReadOptions(borrowsMappedMemory: borrows))
      #expect(file.names == expected.tensors.map(\.name))
      for stored in expected.tensors {
        let entry = try #require(file.entry(named: stored.name))
        #expect(entry.dtypeInFile.rawValue == stored.dtypeInFile, "\(stored.name)")
        #expect(entry.shape == Shape(stored.shape), "\(stored.name)")
        let tensor = try file.tensor(named: stored.name)
        #expect(tensor.dtype.description == stored.dtype, "\(stored.name)")
        #expect(tensor.shape == Shape(stored.shape), "\(stored.name)")
        #expect(bytes(tensor) == [UInt8](stored.bytes), "\(stored.name)")
      }
      for (key, text) in expected.metadata {
        if let text { #expect(file.metadata[key] == text) } else { #expect(file.metadata[key] != nil) }
      }
      #expect(file.metadata.count == expected.metadata.count, "\(file.metadata)")
      for (name, original) in expected.tied { #expect(file.entry(named: name)?.tiedTo == original) }
    }
  }

  @Test func tiedTensorsShareTheirMemory() throws {
    let all = try Weights.open(fixture("views-legacy.pt")).readAll()
    let addresses = try ["shared", "again"].map { name in
      try #require(all[name]).withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    }
    #expect(addresses[0] == addresses[1])
  }

  @Test(arguments: [
    ("evil-system", "system"), ("evil-eval", "eval"), ("evil-getattr", "getattr"), ("evil-unknown", "__main__.Unknown"),
    ("evil-open", "open"), ("evil-partial", "functools.partial"),
  ])
  func aPickleThatAsksForMoreThanDataIsRefused(_ name: String, _ asked: String) {
    for kind in ["zip", "legacy"] {
      let error = fileError { try Weights.open(fixture("\(name)-\(kind).pt")) }
      #expect(error.problem.contains(asked) && error.problem.contains("nothing was run"), "\(error)")
    }
    #expect(!FileManager.default.fileExists(atPath: "/tmp/d2l-weights-must-not-exist"))
  }

  @Test func whatIsNoDataIsRefusedByName() {
    #expect(fileError { try Weights.open(fixture("whole-model.pt")) }.help?.contains("state_dict") == true)
    #expect(fileError { try Weights.open(fixture("cycle.pt")) }.problem.contains("contains itself"))
    #expect(fileError { try Weights.open(fixture("object.npy")) }.problem.contains("'|O'"))
    #expect(fileError { try Weights.open(fixture("sparse.params")) }.problem.contains("row-sparse"))
    let outside = fileError { try Weights.open(fixture("outside.onnx")) }
    #expect(outside.place == .key("float") && outside.problem.contains("another file"))
  }

  @Test func typesThatNoTensorHasAreRefusedByName() throws {
    for (file, key, type) in [
      ("float8.safetensors", "a", "float8_e4m3fn"), ("unsupported-zip.pt", "f", "float8_e5m2"),
      ("unsupported-zip.pt", "c", "complex64"), ("complex.npy", "arr_0", "complex128"),
    ] {
      let opened = try Weights.open(fixture(file))
      #expect(opened.entry(named: key)?.dtypeInFile.rawValue == type)
      let error = fileError { try opened.tensor(named: key) }
      #expect(error.place == .key(key) && error.problem.contains(type), "\(error)")
    }
  }
}
