import D2LFiles
import D2LTensor
import D2LWeights
import Foundation
import Testing

@Suite struct WordVectorTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private let small = WordVectors(
    words: ["man", "king", "woman", "queen", "apple"],
    vectors: Tensor([[1, 0, 0.1], [1, 1, 0.1], [-1, 0, 0.1], [-1, 1, 0.1], [0, 0, -3]]))

  @Test func kingIsToManAsQueenIsToWoman() {
    #expect(small.analogy("man", isTo: "king", as: "woman") == "queen")
    let matches = small.mostSimilar(to: ["king", "woman"], butNot: ["man"], count: 2)
    #expect(matches.map(\.word) == ["queen", "apple"] || matches.first?.word == "queen")
    #expect(small.mostSimilar(to: "king", count: 1).first?.word == "man")
    #expect(small.similarity("king", "king").map { abs($0 - 1) < 1e-6 } == true)
    #expect(small.analogy("man", isTo: "king", as: "nobody") == nil)
    #expect(small.mostSimilar(to: "king", count: 100).count == 4)
    #expect(small.mostSimilar(to: "king", count: 0).isEmpty)
  }

  @Test func whatIsWrittenIsReadToTheBit() throws {
    let vectors = WordVectors(
      words: ["é", "e\u{301}", "日本", "x"],
      vectors: Tensor([[0.1, Float(bitPattern: 1)], [-.infinity, 3e38], [.pi, -0.0], [1, 2]]))
    try vectors.writeText(to: scratch / "a.vec")
    try vectors.writeBinary(to: scratch / "a.bin")
    for name in ["a.vec", "a.bin"] {
      let read = try WordVectors(scratch / name)
      #expect(read.words.map { Array($0.utf8) } == vectors.words.map { Array($0.utf8) })
      #expect(bytes(read.vectors.erased) == bytes(vectors.vectors.erased))
    }
    // The two spellings of é are two words.
    let read = try WordVectors(scratch / "a.vec")
    #expect(read.index(of: "é") == 0 && read.index(of: "e\u{301}") == 1)
  }

  @Test func aWordWithASpaceCannotBeWritten() {
    let vectors = WordVectors(words: ["a b"], vectors: Tensor([[1]]))
    #expect(fileError { try vectors.writeText(to: scratch / "x") }.place == .key("a b"))
    #expect(!FileManager.default.fileExists(atPath: scratch / "x"))
  }

  @Test func aFastTextModelGivesEveryWordAVector() throws {
    struct Golden: Decodable {
      let words: [String]
      let vectors: [String: [Float]]
    }
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: fixture("../Goldens/fasttext.json"))))
    let vectors = try WordVectors(fixture("fasttext.bin"))
    #expect(vectors.words == golden.words)
    for (word, vector) in golden.vectors { expectClose(vectors.vector(for: word), vector, word) }
    #expect(vectors["unseen"] == nil && vectors.vector(for: "unseen") != nil)
    let file = try Weights.open(fixture("fasttext.bin"))
    #expect(file.names == ["input", "output"] && file.metadata["bucket"] == "20" && file.metadata["maxn"] == "4")
  }

  @Test func wordsOfGloVeMayContainSpaces() throws {
    let vectors = try WordVectors(fixture("glove.txt"))
    #expect(vectors.words == ["king", "queen", "man", "woman", "naïve", "日本", ". . ."])
  }

  @Test(arguments: [
    ("3 2\na 1 2\nb 3 4\n", 3, "promises 3"), ("a 1 2\nb 3\n", 2, "1 numbers where 2"),
    ("a 1 2\nb 3 x\n", 2, "\"x\" is no number"), ("1 2\na 1 2x\n", nil, ""), ("", nil, ""), ("\n", nil, ""),
  ])
  func damagedTextIsRefusedWithItsLine(_ text: String, _ line: Int?, _ problem: String) throws {
    let path = try scratch.file("a.vec", Array(text.utf8))
    let error = fileError { try WordVectors(path) }
    if let line { #expect(error.place == .line(line) && error.problem.contains(problem), "\(error)") }
  }

  @Test func aBinaryFileThatPromisesTooMuchIsRefused() throws {
    let path = try scratch.file("a.bin", Array("1000000000 300\nword \u{0}\u{1}\u{2}".utf8))
    #expect(fileError { try WordVectors(path) }.problem.contains("promised"))
  }
}
