import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence
import Foundation

/// Section 9.8: the most probable token at each step is not the most probable sentence.
struct BeamSearchSection: Section {
  static let info = SectionInfo(
    number: "9.8", title: "Beam Search", package: "sequence", command: "beam-search", data: "generated sentences",
    paper: "Wu et al., \"Google's Neural Machine Translation System\", 2016")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    bookExample(run)
    try trainedModel(run)
    try run.finish()
  }

  // MARK: The book's table

  /// The book's conditional probabilities of A, B, C and the end; contexts that it does not show are even.
  private struct TableState: DecodingState {
    var histories: [[Int]]
    func selecting(_ rows: Tensor<Int64>) -> TableState {
      TableState(histories: rows.values.map { histories[Int($0)] })
    }
  }
  private static let names = ["A", "B", "C", "<eos>"]
  private static let table: [[Int]: [Double]] = [
    []: [0.5, 0.2, 0.2, 0.1], [0]: [0.1, 0.4, 0.3, 0.2], [0, 1]: [0.2, 0.2, 0.4, 0.2],
    [0, 1, 2]: [0.0, 0.2, 0.2, 0.6], [0, 2]: [0.1, 0.6, 0.2, 0.1], [0, 2, 1]: [0.1, 0.2, 0.1, 0.6],
  ]

  private static func probabilities(after history: [Int]) -> [Double] { table[history] ?? [0.25, 0.25, 0.25, 0.25] }

  private func step(_ tokens: Tensor<Int64>, _ state: TableState) -> (logits: Tensor<Float>, state: TableState) {
    // The first token begins the sentence and is no part of the history.
    let histories = zip(state.histories, tokens.values).map { $1 < 0 ? $0 : $0 + [Int($1)] }
    let rows = histories.map { history in
      Self.probabilities(after: history).map { Float(Foundation.log(Swift.max($0, 1e-12))) }
    }
    return (Tensor(rows), TableState(histories: histories))
  }

  private func bookExample(_ run: ExampleRun) {
    run.part("Greedy search is not the best")
    let start = TableState(histories: [[]])
    func words(_ tokens: [Int]) -> String { tokens.map { Self.names[$0] }.joined(separator: " ") }
    let greedy = greedySearch(from: start, beginningWith: [-1], maximumLength: 4, end: 3, step: step)[0]
    run.show("greedy", words(greedy) + " <eos>")
    let sentence = greedy + [3]
    run.show(
      "its probability",
      sentence.indices.reduce(1.0) { $0 * Self.probabilities(after: Array(sentence[..<$1]))[sentence[$1]] })
    var table = TextTable("length penalty", "beams", "best", "probability", "score")
    for penalty in [0, 0.75] {
      for beams in [1, 2, 4, 256] {
        let search = BeamSearch(beams: beams, maximumLength: 4, lengthPenalty: penalty, end: 3)
        guard let best = search(from: start, beginningWith: [-1], step: step)[0].first else { continue }
        table.add(
          fixed(penalty, 2), String(beams), words(best.tokens + (best.isComplete ? [3] : [])),
          fixed(Foundation.exp(best.logProbability), 4), fixed(best.score, 4))
        if beams == 256 {
          run.show("probability of the best of all, penalty \(penalty)", Foundation.exp(best.logProbability))
        }
      }
    }
    run.table(table, caption: "256 beams are all sequences of up to four tokens: an exhaustive search.")
    run.say(
      "Without a length penalty short sentences win, because every further token costs; 0.75 lets the longer one win that the book shows."
    )
  }

  // MARK: A model that translates

  private func trainedModel(_ run: ExampleRun) throws {
    run.part("Beams on a trained model")
    let split = try TranslationSplit(nil, seed: options.seed)
    let model = run.source.scope {
      let model = Seq2Seq(
        Seq2SeqConfiguration(
          .gru, source: split.vocabularies.source.count, target: split.vocabularies.target.count, embedding: 32,
          hidden: 32, layers: 1))
      model.initializeXavier()
      return model
    }
    let optimizer = Adam(model.parameters, learningRate: 0.01)
    let begin = split.vocabularies.begin
    let trainer = Trainer(
      model, optimizer,
      training: DataLoader(split.training, batchSize: 32, shuffled: true, seed: options.seed, prefetch: 0),
      seed: options.seed
    ) { batch in model.outcome(batch, beginning: begin) }
    let history = try trainer.fit(epochs: options.quick ? 15 : 30)
    run.show("loss per token after training", history.last?.training["loss"] ?? .nan, decimals: 4)

    let translator = Translator(model, split.vocabularies, steps: TranslationSplit.steps)
    let sources = split.examples.map(\.source)
    let greedy = TranslationTest(split.examples, try translator.greedy(sources))
    run.show("BLEU, greedy", greedy.mean, decimals: 4)
    var table = TextTable("beams", "BLEU", "mean log-probability", "milliseconds a sentence")
    let clock = ContinuousClock()
    for beams in [1, 2, 4, 8, 16] {
      let start = clock.now
      let found = try translator.beam(sources, beams: beams)
      let seconds = (clock.now - start).seconds
      let test = TranslationTest(split.examples, found.map { $0.first?.tokens ?? [] })
      let mean =
        found.reduce(0.0) { $0 + ($1.first?.hypothesis.logProbability ?? 0) } / Double(found.count)
      table.add(
        String(beams), fixed(test.mean, 4), fixed(mean, 4), fixed(seconds * 1e3 / Double(found.count), 2))
      run.show("BLEU, \(beams) beams", test.mean, decimals: 4)
    }
    run.table(table, caption: "\(sources.count) generated sentences that were not learned from.")

    if let sentence = sources.first {
      var best = TextTable("rank", "translation", "log-probability", "score")
      for (rank, candidate) in try translator.beam([sentence], beams: 5)[0].enumerated() {
        best.add(
          String(rank + 1), candidate.tokens.joined(separator: " "), fixed(candidate.hypothesis.logProbability, 3),
          fixed(candidate.hypothesis.score, 3))
      }
      run.show("source", sentence.joined(separator: " "))
      run.table(best, caption: "The five best.")
    }
  }
}
