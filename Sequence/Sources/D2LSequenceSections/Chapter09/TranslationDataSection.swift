import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// Section 9.5: pairs of sentences become padded numbers.
struct TranslationDataSection: Section {
  static let info = SectionInfo(
    number: "9.5", title: "Machine Translation and the Dataset", package: "sequence", command: "translation-data",
    data: "English-French pairs")

  @OptionGroup var options: ExampleOptions

  @Option(help: "What to read. Without this option: English-French pairs where they are found, else synthetic.")
  var data: DataChoice?

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let location = try DataCache().find(.frenchEnglish, options.quick ? data ?? .synthetic : data)
    let source = try TranslationSource(location, count: nil, seed: options.seed)

    run.part("Pairs: \(source.origin)")
    run.show("pairs", source.pairs.count)
    for (number, pair) in source.pairs.prefix(6).enumerated() {
      run.show("pair \(number)", "\(pair.source.joined(separator: " ")) | \(pair.target.joined(separator: " "))")
    }
    let lengths = (
      source.pairs.map { Double($0.source.count) }, source.pairs.map { Double($0.target.count) }
    )
    var histogram = Histogram(title: "Tokens per sentence", x: Axis("tokens"), bins: .automatic)
    histogram.add("source", values: lengths.0)
    histogram.add("target", values: lengths.1)
    try run.plot("lengths", histogram)
    run.show("mean length of sources", lengths.0.reduce(0, +) / Double(lengths.0.count), decimals: 3)
    run.show("mean length of targets", lengths.1.reduce(0, +) / Double(lengths.1.count), decimals: 3)

    run.part("Numbers")
    let all = TranslationVocabularies(source.pairs)
    run.show("source vocabulary of all pairs", all.source.count)
    run.show("target vocabulary of all pairs", all.target.count)
    if let first = source.pairs.first {
      let numbers = all.source[first.source].truncatedOrPadded(to: 10, with: all.padding)
      run.show("source of pair 0, padded to 10", numbers.map(String.init).joined(separator: " "))
    }

    run.part("A batch of the first 600 pairs")
    let few = Array(source.pairs.prefix(600))
    let vocabularies = TranslationVocabularies(few)
    run.show("source vocabulary", vocabularies.source.count)
    run.show("target vocabulary", vocabularies.target.count)
    let dataset = TranslationDataset(few, vocabularies, steps: 10)
    run.show("pairs that fit into 10 tokens", dataset.count)
    let loader = DataLoader(dataset, batchSize: 2, shuffled: true, seed: options.seed, prefetch: 0)
    if let batch = try loader.batches().next() {
      run.show("X", batch.source)
      run.show("valid lengths of X", batch.sourceLengths)
      run.show("Y", batch.target)
      run.show("valid lengths of Y", batch.targetLengths)
    }
    try run.finish()
  }
}
