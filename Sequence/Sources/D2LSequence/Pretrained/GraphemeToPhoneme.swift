import D2LCore
import Foundation

/// English spelling to sounds: the trained sequence-to-sequence model of the Python package g2p-en 2.1.0 (Park & Kim, Apache-2.0), one GRU of 256 units reading letters
/// and one writing the sounds of the CMU dictionary, vowels with their stress.
///
/// The weights are the package's `checkpoint20.npz`. Sounds and their order are those of its `G2p.predict`, which it uses for words that its dictionary does
/// not have.
public struct GraphemeToPhoneme {
  /// Sounds of a word with what the search thinks of them.
  public struct Candidate: Sendable, Hashable {
    /// As in the CMU dictionary: `HH AH0 L OW1`.
    public let sounds: [String]
    /// What they were chosen by.
    public let hypothesis: Hypothesis
  }

  /// What the encoder reads: letters, the end, and `<unk>` for an apostrophe, a point or a hyphen.
  public static let graphemes = ["<pad>", "<unk>", "</s>"] + "abcdefghijklmnopqrstuvwxyz".map { String($0) }
  /// What the decoder writes.
  public static let phonemes =
    ["<pad>", "<unk>", "<s>", "</s>"]
      + """
      AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 AY2 B CH D DH EH0 EH1 EH2 ER0 ER1 ER2 EY0 EY1 EY2 F G HH IH0 IH1 IH2 IY0 IY1 IY2 JH K L \
      M N NG OW0 OW1 OW2 OY0 OY1 OY2 P R S SH T TH UH0 UH1 UH2 UW UW0 UW1 UW2 V W Y Z ZH
      """.split(separator: " ").map { String($0) }
  /// The most sounds that are written for a word.
  public static let maximumLength = 20

  /// From the names in the package's file to those of ``Seq2Seq``.
  public static let keyMap: KeyMap = [
    .exact("enc_emb", "encoder.embedding.weight"), .exact("dec_emb", "decoder.embedding.weight"),
    .pattern("enc_w_*", "encoder.rnn.weight_*_l0"), .pattern("enc_b_*", "encoder.rnn.bias_*_l0"),
    .pattern("dec_w_*", "decoder.rnn.weight_*_l0"), .pattern("dec_b_*", "decoder.rnn.bias_*_l0"),
    .exact("fc_w", "decoder.dense.weight"), .exact("fc_b", "decoder.dense.bias"),
  ]

  private static let (begin, end, endOfWord, unknown) = (2, 3, 2, 1)
  private let model: Seq2Seq

  /// Reads the weights. Throws a `FileError` if the file cannot be read, a `LoadError` if it is of another model.
  public init(weights path: String) throws {
    let file = try Weights.open(path, options: ReadOptions(borrowsMappedMemory: false))
    // The sizes as the file has them, so that a model of other widths loads too.
    let embedding = file.entry(named: "enc_emb")?.shape.last ?? 256
    let hidden = file.entry(named: "enc_w_hh")?.shape.last ?? 256
    guard 1...65_536 ~= embedding, 1...65_536 ~= hidden else {
      throw FileError(
        file: path, problem: "vectors of \(embedding) and \(hidden) units are of no such model",
        help: "give checkpoint20.npz of the package g2p-en")
    }
    model = Seq2Seq(
      Seq2SeqConfiguration(
        .gru, source: Self.graphemes.count, target: Self.phonemes.count, embedding: embedding, hidden: hidden,
        repeatsContext: false))
    try model.loadWeights(file, LoadOptions(keyMap: Self.keyMap))
    model.eval()
  }

  /// The most probable sound after the other, for each word.
  ///
  /// Throws a ``SequenceError`` for a word without letters or with a character that is neither a letter nor ' . or -.
  public func sounds(of words: [String]) throws(SequenceError) -> [[String]] {
    let batch = try encoded(words)
    return withoutGradient {
      greedySearch(
        from: model.encoded(batch.tokens, lengths: batch.lengths), beginningWith: words.map { _ in Self.begin },
        maximumLength: Self.maximumLength, end: Self.end, step: step)
    }.map { $0.map { Self.phonemes[$0] } }
  }

  /// The best pronunciations of each word, at most `beams`, the best first.
  public func candidates(
    for words: [String], beams: Int, lengthPenalty: Double = 0.75
  ) throws(SequenceError) -> [[Candidate]] {
    let batch = try encoded(words)
    let search = BeamSearch(
      beams: beams, maximumLength: Self.maximumLength, lengthPenalty: lengthPenalty, end: Self.end)
    return withoutGradient {
      search(
        from: model.encoded(batch.tokens, lengths: batch.lengths), beginningWith: words.map { _ in Self.begin },
        step: step)
    }.map { $0.map { Candidate(sounds: $0.tokens.map { Self.phonemes[$0] }, hypothesis: $0) } }
  }

  private func step(_ tokens: Tensor<Int64>, _ state: Seq2SeqState) -> (logits: Tensor<Float>, state: Seq2SeqState) {
    let (logits, next) = model.decoder(tokens.unsqueezed(axis: 1), from: state)
    return (logits[0], next)
  }

  /// Small letters without accents, then the end, as the package does it.
  private func encoded(_ words: [String]) throws(SequenceError) -> PaddedBatch {
    var rows: [[Int]] = []
    for word in words {
      var row: [Int] = []
      for scalar in word.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
        if scalar.properties.generalCategory == .nonspacingMark { continue }
        switch scalar {
        case "a"..."z": row.append(3 + Int(scalar.value - UnicodeScalar("a").value))
        case "'", ".", "-": row.append(Self.unknown)
        default:
          throw SequenceError(
            "\"\(word)\" has the character \"\(scalar)\"; the model reads letters from a to z",
            help: "give one word, numbers spelled out")
        }
      }
      guard row.contains(where: { $0 != Self.unknown }) else {
        throw SequenceError("\"\(word)\" has no letters", help: "give an English word")
      }
      rows.append(row + [Self.endOfWord])
    }
    return PaddedBatch(rows, padding: 0)
  }
}
