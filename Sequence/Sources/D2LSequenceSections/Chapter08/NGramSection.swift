import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// Section 8.3: how often words and their neighbours come, what a model that only counts is worth, and how a text is cut into batches.
struct NGramSection: Section {
  static let info = SectionInfo(
    number: "8.3", title: "Language Models and the Dataset", package: "sequence", command: "n-grams",
    data: "The Time Machine")

  @OptionGroup var options: ExampleOptions
  @OptionGroup var source: TextSource

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let text = try source.lines(options)
    let words = Tokenization.words.tokens(of: text.lines).flatMap { $0 }

    run.part("Frequencies: \(text.origin)")
    var zipf = LineChart(
      title: "The n-th most frequent", x: Axis("rank", scale: .logarithmic), y: Axis("count", scale: .logarithmic))
    for (name, order) in [("unigrams", 1), ("bigrams", 2), ("trigrams", 3)] where words.count >= order {
      let counts = countsByFrequency(of: ngrams(of: words, order: order))
      run.show("different \(name)", counts.count)
      var table = TextTable(name, "count")
      for (gram, count) in counts.prefix(10) { table.add(gram.joined(separator: " "), String(count)) }
      run.table(table, caption: "The most frequent \(name).")
      zipf.add(Series(name, x: 1...counts.count, y: counts.map(\.count)))
    }
    try run.plot("zipf", zipf)
    run.say("Straight lines: Zipf's law. Most n-grams come once, so that counting alone says nothing of what is new.")

    try models(run, words)
    samplers(run)
    try run.finish()
  }

  /// Markov models of words, smoothed, on a part of the text that was not counted.
  private func models(_ run: ExampleRun, _ words: [String]) throws {
    run.part("Models that count")
    let vocabulary = Vocabulary(words)
    let corpus = vocabulary[words]
    let (training, validation) = (Array(corpus[..<(corpus.count * 8 / 10)]), corpus.count * 9 / 10)
    let (watched, test) = (Array(corpus[training.count..<validation]), Array(corpus[validation...]))
    guard training.count >= 3, !watched.isEmpty, !test.isEmpty else {
      throw SequenceError(
        "the text has \(corpus.count) words; models take at least 30", help: "give a longer text")
    }
    var table = TextTable("model", "smoothing", "perplexity of what it counted", "validation", "test")
    var generator = RandomGenerator(seed: options.seed)
    var best: [(Double, NGramModel)] = []
    for order in 1...3 {
      // The smoothing is chosen by the validation part, the model judged by the test part.
      let candidates = try [0.1, 1, 10, 100, 1000].map { epsilon in
        let model = try NGramModel(
          of: training, order: order, vocabulary: vocabulary.count, smoothing: (1, order == 1 ? 0 : epsilon))
        return (validation: model.score(of: watched).perplexity, epsilon: epsilon, model: model)
      }
      guard let chosen = candidates.min(by: { $0.validation < $1.validation }) else { continue }
      let score = chosen.model.score(of: test).perplexity
      table.add(
        ["unigrams", "bigrams", "trigrams"][order - 1], order == 1 ? "1" : fixed(chosen.epsilon, 1),
        fixed(chosen.model.score(of: training).perplexity, 1), fixed(chosen.validation, 1), fixed(score, 1))
      run.show("test perplexity of order \(order)", score, decimals: 2)
      best.append((score, chosen.model))
    }
    run.table(table, caption: "Markov models of words; the smoothing is chosen by the validation part.")
    for (_, model) in best {
      let sample = model.continuation(of: Array(training.prefix(2)), count: 20, using: &generator)
      run.show(
        "drawn by order \(model.order)",
        vocabulary.tokens(of: Array(training.prefix(2)) + sample).joined(separator: " "))
    }
  }

  /// The book's example: the numbers 0 to 34 in batches of two windows of five.
  private func samplers(_ run: ExampleRun) {
    run.part("Reading a long text")
    let corpus = Array(0..<35)
    for (name, randomly) in [("random", true), ("consecutive", false)] {
      let loader = DataLoader(
        corpus: corpus, batchSize: 2, steps: 5, randomly: randomly, seed: options.seed, prefetch: 0)
      let batches = loader.batches()
      var number = 1
      while let batch = try? batches.next() {
        run.show("\(name) windows, batch \(number): X", batch.inputs)
        run.show("\(name) windows, batch \(number): Y", batch.targets)
        number += 1
      }
    }
    run.say(
      "Of consecutive windows each row goes on where the same row of the batch before ended; the state can be carried along."
    )
  }
}
