import D2LData
import D2LFiles
import D2LTensor
import D2LTestSupport
import Foundation
import Testing

@Suite struct TextTests {
  @Test func linesAndLetters() {
    #expect(lines(of: "a\r\nb\n\nc") == ["a", "b", "", "c"] && lines(of: "a\n") == ["a"] && lines(of: "").isEmpty)
    #expect("  The Time-Machine, by É. 2 ".reducedToLetters == "the time machine by")
    #expect(Tokenization.words.tokens(of: " to  be ") == ["to", "be"])
    #expect(Tokenization.characters.tokens(of: "a b") == ["a", " ", "b"])
  }

  @Test func theFirstByteThatIsNoTextIsNamed() throws {
    let cases: [([UInt8], Int)] = [
      ([0xFF], 0), (Array("abc".utf8) + [0x80], 3), (Array("é".utf8) + [0xC3], 2),
      (Array("日本".utf8) + [0xED, 0xA0, 0x80], 6),
      ([0x61, 0xE6, 0x97, 0x62], 1),
    ]
    for (bytes, offset) in cases {
      let error = #expect(throws: FileError.self) { try decodeText(bytes, file: "text.txt") }
      #expect(error?.description.hasPrefix("text.txt, byte \(offset): ") == true)
    }
    #expect(try decodeText(Array("日本é".utf8), file: "text.txt") == "日本é")
  }

  @Test func vocabularies() {
    let vocabulary = Vocabulary([["b", "a", "c"], ["a", "<pad>", "c", "d"]], reserved: ["<pad>", "<bos>"])
    #expect(vocabulary.tokens == ["<unk>", "<pad>", "<bos>", "a", "c", "b", "d"])
    #expect(vocabulary[["a", "x", "<pad>"]] == [3, 0, 1] && vocabulary.tokens(of: [4, 0]) == ["c", "<unk>"])
    #expect(vocabulary.counts.map(\.token) == ["a", "c", "b", "<pad>", "d"])
    #expect(Vocabulary(["b", "a", "b", "<unk>"], minimumCount: 2).tokens == ["<unk>", "b"])
    #expect(vocabulary.contains("b") && !vocabulary.contains("x") && Vocabulary([String]()).count == 1)
  }

  @Test func paddedBatches() {
    let batch = PaddedBatch([[5, 6, 7], [8], []], padding: 1)
    #expect(batch.tokens == Tensor([[5, 6, 7], [8, 1, 1], [1, 1, 1]]) && batch.lengths == Tensor([3, 1, 0]))
    let cut = PaddedBatch([[5, 6, 7], [8]], padding: 1, steps: 2)
    #expect(cut.tokens == Tensor([[5, 6], [8, 1]]) && cut.lengths == Tensor([2, 1]))
    #expect([47, 4].truncatedOrPadded(to: 10, with: 1) == [47, 4, 1, 1, 1, 1, 1, 1, 1, 1])
  }

  /// Book 8.2 and 8.3.
  @Test(.enabled(if: realData != nil, "D2L_DATA is not set")) func theTimeMachine() throws {
    let text = try TimeMachine.load(
      path: try #require(realData).appendingPathComponent("timemachine/timemachine.txt").path)
    #expect(text.count == 3221 && text[0] == "the time machine by h g wells")
    let words = Tokenization.words.tokens(of: text)
    let vocabulary = Vocabulary(words)
    #expect(vocabulary.count == 4580 && words.joined().count == 32775)
    #expect(
      Array(vocabulary.tokens.prefix(10)) == ["<unk>", "the", "i", "and", "of", "a", "to", "was", "in", "that"])
    #expect(vocabulary[words[0]] == [1, 19, 50, 40, 2183, 2184, 400])
    let characters = Array(Tokenization.characters.tokens(of: text).joined())
    let letters = Vocabulary(characters)
    #expect(characters.count == 170580 && letters.count == 28)
    #expect(letters.tokens.dropFirst().joined() == " etainoshrdlmucfwgypbvkxzjq")
    #expect(
      vocabulary.counts.prefix(5).map { "\($0.token) \($0.count)" } == [
        "the 2261", "i 1267", "and 1245", "of 1155", "a 816",
      ])
    let corpus = Array(words.joined())
    let bigrams = countsByFrequency(of: ngrams(of: corpus, order: 2))
    #expect(bigrams.count == 20234)
    #expect(
      bigrams.prefix(6).map { "\($0.element.joined(separator: "-")) \($0.count)" } == [
        "of-the 309", "in-the 169", "i-had 130", "i-was 112", "and-the 109", "the-time 102",
      ])
    let trigrams = countsByFrequency(of: ngrams(of: corpus, order: 3))
    #expect(trigrams.count == 29882)
    #expect(
      trigrams.prefix(3).map { "\($0.element.joined(separator: "-")) \($0.count)" } == [
        "the-time-traveller 59", "the-time-machine 30", "the-medical-man 24",
      ])
  }
}

@Suite struct SequenceTests {
  private let corpus = Array(0..<35)

  private func starts(_ order: [Int]) -> [[Int]] {
    stride(from: 0, to: order.count, by: 2).map { Array(order[$0..<$0 + 2]) }
  }

  /// Book 8.3: 0 ..< 35 in batches of two pieces of five tokens.
  @Test func consecutivePiecesGoOn() {
    let sampler = ConsecutiveWindows(tokens: 35, steps: 5, batchSize: 2)
    #expect(starts(sampler.order(offset: 0)) == [[0, 17], [5, 22], [10, 27]])
    #expect(starts(sampler.order(offset: 4)) == [[4, 19], [9, 24], [14, 29]])
    #expect(starts(sampler.order(offset: 5)) == [[5, 19], [10, 24]])
  }

  @Test func randomPiecesAreAllDifferent() {
    var generator = RandomGenerator(seed: 1)
    let sampler = RandomWindows(tokens: 35, steps: 5, batchSize: 2)
    for offset in 0..<5 {
      let order = sampler.order(offset: offset, using: &generator)
      #expect(order.count == 6 && order.sorted() == (0..<6).map { offset + 5 * $0 })
    }
    #expect(sampler.count == 6)
  }

  @Test(arguments: [false, true]) func batchesPredictTheNextToken(_ randomly: Bool) throws {
    var offsets: Set<Int64> = []
    for seed in 0..<40 as Range<UInt64> {
      let loader = DataLoader(corpus: corpus, batchSize: 2, steps: 5, randomly: randomly, seed: seed, prefetch: 0)
      let batches = loader.batches()
      var last: SequenceBatch?
      var count = 0
      while let batch = try batches.next() {
        #expect(batch.inputs.shape == [2, 5] && batch.targets == batch.inputs + 1)
        if !randomly, let last { #expect(batch.inputs[0..., 0] == last.targets[0..., 4]) }
        if last == nil { offsets.insert(batch.inputs[0, 0].item() % 5) }
        last = batch
        count += 1
      }
      #expect(count == loader.batchCount)
    }
    #expect(offsets == [0, 1, 2, 3, 4])
  }

  /// 10,000 characters in batches of 32 pieces of 35: eight batches, whatever the offset.
  @Test func theBooksLanguageModel() {
    let loader = DataLoader(corpus: Array(repeating: 1, count: 10_000), batchSize: 32, steps: 35)
    #expect(loader.batchCount == 8)
    #expect(DataLoader(corpus: [1, 2, 3], batchSize: 2, steps: 5).batchCount == 0)
  }
}
