import D2LFiles
@testable import D2LWeights

extension FuzzTarget {
  static let word2vecText = FuzzTarget(
    name: "word2vec-text", summary: "word vectors as text behind a line \"count dimension\", plain or gzip",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", prefix: "vectors.txt")], words: numberWords,
    seeds: { [Array("2 3\na 1 2 3\nb 4 5 6\n".utf8), Array("0 3\n".utf8)] },
    repair: { Checksums.repairGzip(&$0) },
    run: { input in
      try WeightReading.read(input, as: "input.vec") { (path, options) throws(FileError) in
        WordVectorFile(
          try VectorText.read(Sniffer.stream(MappedFile(path), options)), file: path, format: .vectorText)
      }
    })

  static let gloveText = FuzzTarget(
    name: "glove-text", summary: "WordVectors of a text without header, as GloVe's; analogies",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", prefix: "glove")], words: numberWords,
    seeds: { [Array(". . . 1 2 3\nthe -0.5 nan 1e-3\nking 1 2 3\n".utf8)] },
    run: { input in
      let vectors = try WordVectors(input.file("input.txt"))
      guard let first = vectors.words.first else { return }
      _ = vectors.vector(for: first)
      _ = vectors.analogy(first, isTo: "king", as: "the")
    })

  static let word2vecBinary = FuzzTarget(
    name: "word2vec-binary", summary: "word vectors in word2vec's binary format",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", prefix: "vectors.bin")],
    seeds: { [Array("1 1\na ".utf8) + [0, 0, 0x80, 0x3f, 10], Array("0 7\n".utf8)] },
    run: { input in
      try WeightReading.read(input, as: "input.bin") { (path, _) throws(FileError) in
        WordVectorFile(try Word2VecBinary.read(MappedFile(path)), file: path, format: .word2vecBinary)
      }
    })

  static let fastText = FuzzTarget(
    name: "fasttext", summary: "FastTextFile: words, settings, matrices, vectors of parts of words",
    fixtures: [Fixtures(folder: "WeightsTests/Fixtures", prefix: "fasttext")],
    run: { input in
      try WeightReading.read(input, as: "input.bin") { (path, options) throws(FileError) in
        let file = try FastTextFile(path, options: options)
        Harness.tolerating { () throws(FileError) in
          let vectors = try file.wordVectors()
          _ = vectors.vector(for: "unseen")
        }
        return file
      }
    })

  private static let numberWords = [
    " 0.5", " -1e-38", " nan", " inf", " 0x1p3", "\r\n", "\n", "1000000 3", "3 1048577", "9223372036854775807",
  ]
}
