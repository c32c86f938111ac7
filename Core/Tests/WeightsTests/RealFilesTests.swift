import D2LFiles
import D2LTensor
import D2LWeights
import Foundation
import Testing

/// What `make_reference.py` found in the real files.
struct Reference: Decodable {
  struct Summary: Decodable {
    let dtypeInFile: String
    let dtype: String
    let shape: [Int]
    let count: Int
    let sum: Double
    let squares: Double
    let ends: [String]
    let sha256: String
  }
  struct Vectors: Decodable {
    let count: Int
    let dimension: Int
    let first: String
    let last: String
    let sum: Double
    let squares: Double
    let firstVector: [Float]
    let lastVector: [Float]
    let unseen: [String: [Float]]
    let similarTo: String
    let similar: [Similar]
  }
  struct Similar: Decodable {
    let word: String
    let value: Float
    init(from decoder: any Decoder) throws {
      var pair = try decoder.unkeyedContainer()
      word = try pair.decode(String.self)
      value = try pair.decode(Float.self)
    }
  }
  /// nil for a file that the library refuses.
  let weights: [String: [String: Summary]?]
  let vectors: [String: Vectors]

  static func load() throws -> Reference {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")
    return try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: folder.appendingPathComponent("real_files.json")))
  }
}

func close<T: BinaryFloatingPoint>(_ left: T, _ right: T, _ relative: T, floor: T = 0) -> Bool {
  abs(left - right) <= relative * max(abs(left), abs(right)) + floor
}

@Suite(.enabled(if: realData != nil, needsRealData)) struct RealFilesTests {
  let folder = realData ?? ""

  @Test(arguments: try Reference.load().weights.keys.sorted())
  func weightsAreThoseThatTheLibraryReads(_ name: String) throws {
    let expected = try #require(try Reference.load().weights[name])
    guard let expected else {
      #expect(fileError { try Weights.open(folder + "/" + name) }.file.hasSuffix(name))
      return
    }
    let file = try Weights.open(folder + "/" + name)
    #expect(Set(file.names) == Set(expected.keys))
    for (key, summary) in expected {
      let tensor = try file.tensor(named: key)
      #expect(file.entry(named: key)?.dtypeInFile.rawValue == summary.dtypeInFile, "\(key)")
      #expect(tensor.dtype.description == summary.dtype && tensor.shape == Shape(summary.shape), "\(key)")
      let values = doubles(tensor)
      let finite = values.filter(\.isFinite)
      #expect(values.count == summary.count, "\(key)")
      let size = finite.reduce(0) { $0 + abs($1) }
      #expect(close(finite.reduce(0, +), summary.sum, 0, floor: 1e-9 * size), "\(key)")
      #expect(close(finite.reduce(0) { $0 + $1 * $1 }, summary.squares, 1e-9), "\(key)")
      let ends = values.isEmpty ? [] : [values[0], values[values.count - 1]]
      #expect(ends == summary.ends.compactMap(Double.init), "\(key)")
      var digest = SHA256()
      tensor.withUnsafeBytes { digest.update($0) }
      #expect(digest.hex == summary.sha256, "\(key): not the same bits")
    }
  }

  @Test(arguments: try Reference.load().vectors.keys.sorted())
  func vectorsAreThoseThatGensimReads(_ name: String) throws {
    let expected = try #require(try Reference.load().vectors[name])
    let vectors = try WordVectors(folder + "/" + name)
    #expect(vectors.count == expected.count && vectors.dimension == expected.dimension)
    #expect(vectors.words.first == expected.first && vectors.words.last == expected.last)
    let values = vectors.vectors.values.map(Double.init)
    #expect(close(values.reduce(0, +), expected.sum, 1e-6, floor: 1e-7 * values.reduce(0) { $0 + abs($1) }))
    #expect(close(values.reduce(0) { $0 + $1 * $1 }, expected.squares, 1e-6))
    expectClose(vectors[expected.first], expected.firstVector)
    expectClose(vectors[expected.last], expected.lastVector)
    for (word, vector) in expected.unseen { expectClose(vectors.vector(for: word), vector, word) }
    for (match, similar) in zip(vectors.mostSimilar(to: expected.similarTo, count: 5), expected.similar) {
      #expect(match.word == similar.word)
      #expect(close(match.similarity, similar.value, 1e-5))
    }
  }
}

extension RealFilesTests {
  @Test func theWeightsOfAnONNXModelAreThoseThatOnnxReads() throws {
    struct Golden: Decodable {
      let file: String
      let count: Int
      let sha256: String
    }
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: fixture("../Goldens/real_onnx.json"))))
    let file = try Weights.open(folder + "/" + golden.file)
    #expect(file.entries.count == golden.count)
    var digest = SHA256()
    for key in file.names {
      let tensor = try file.tensor(named: key)
      digest.update(Array(key.utf8) + [0] + Array(tensor.shape.map(String.init).joined(separator: " ").utf8) + [0])
      tensor.withUnsafeBytes { digest.update($0) }
    }
    #expect(digest.hex == golden.sha256)
  }

  /// fastText wrote both: the text with five digits.
  @Test(arguments: ["fasttext/crime-and-punishment", "fasttext/lee_fasttext", "word2vec/toy-model"])
  func aModelGivesTheVectorsThatFastTextWroteBesideIt(_ name: String) throws {
    let model = try WordVectors(folder + "/wordvec/" + name + ".bin")
    let text = try WordVectors(folder + "/wordvec/" + name + ".vec")
    #expect(Set(model.words) == Set(text.words))
    for word in text.words {
      for (a, b) in zip(model[word] ?? [], text[word] ?? []) { #expect(close(a, b, 5.1e-5, floor: 1e-8), "\(word)") }
    }
  }
}

func expectClose(
  _ actual: [Float]?, _ expected: [Float], _ word: String = "", _ location: SourceLocation = #_sourceLocation
) {
  #expect(actual?.count == expected.count, "\(word)", sourceLocation: location)
  for (a, b) in zip(actual ?? [], expected) {
    #expect(close(a, b, 2e-6, floor: 1e-7), "\(word): \(a) and \(b)", sourceLocation: location)
  }
}
