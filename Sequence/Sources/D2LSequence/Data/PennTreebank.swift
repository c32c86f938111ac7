import D2LCore

/// Wall Street Journal text of the Penn Treebank as Mikolov et al. (2010) prepared it: 10,000 words, the others already `<unk>`, numbers `N`.
public struct PennTreebank: Sendable {
  /// What ends each sentence.
  public static let sentenceEnd = "<eos>"
  /// The words of the training text and the sentence end: 10,000.
  public let vocabulary: Vocabulary
  /// 929,589 tokens.
  public let training: [Int]
  /// 73,760 tokens.
  public let validation: [Int]
  /// 82,430 tokens.
  public let test: [Int]

  /// Reads the three texts of the archive. Throws a ``FileError`` where it is damaged.
  public static func load(from location: DataLocation) throws(FileError) -> PennTreebank {
    let archive = try ZipArchive(path: location.path(of: "ptb.zip"))
    return PennTreebank(
      training: lines(of: try archive.text(of: "ptb/ptb.train.txt")),
      validation: lines(of: try archive.text(of: "ptb/ptb.valid.txt")),
      test: lines(of: try archive.text(of: "ptb/ptb.test.txt")))
  }

  /// The same from lines: a sentence each, words at white space.
  public init(training: [String], validation: [String], test: [String]) {
    func words(_ lines: [String]) -> [String] {
      lines.flatMap { Tokenization.words.tokens(of: $0) + [PennTreebank.sentenceEnd] }
    }
    let text = words(training)
    vocabulary = Vocabulary(text)
    self.training = vocabulary[text]
    self.validation = vocabulary[words(validation)]
    self.test = vocabulary[words(test)]
  }
}
