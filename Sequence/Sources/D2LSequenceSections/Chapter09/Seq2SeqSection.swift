import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

extension RecurrentKind: ExpressibleByArgument {}

/// Section 9.7: an encoder reads English into a state, a decoder writes French from it.
struct Seq2SeqSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "9.7", title: "Sequence to Sequence Learning", package: "sequence", command: "seq2seq",
    data: "English-French pairs",
    paper: "Cho et al., \"Learning Phrase Representations using RNN Encoder-Decoder\", 2014")
  static let epochs = 300
  static let batchSize = 64
  static let learningRate = 0.005
  static let quick = TrainingSettings(epochs: 60, batchSize: 32, learningRate: 0.01)

  @OptionGroup var options: TrainingOptions<Seq2SeqSection>

  @Option(help: "The kind of the recurrent layers.")
  var kind = RecurrentKind.gru

  @Option(help: "How many continuations beam search follows.")
  var beams = 4

  @Option(
    parsing: .unconditional,
    help: "Stop when so many epochs have not bettered the loss on pairs held out. (default: never, as the book)")
  var patience: Int?

  func validate() throws {
    guard 1...64 ~= beams else { throw ValidationError("--beams \(beams): a number from 1 to 64 is expected.") }
    guard 1...1_000_000 ~= patience ?? 1 else {
      throw ValidationError("--patience \(patience ?? 0): a number from 1 to 1000000 is expected.")
    }
  }

  func run() throws {
    let run = try SectionRun(Self.info, options)
    let split = try TranslationSplit(
      DataCache().find(.frenchEnglish, options.quick ? .synthetic : options.data), seed: options.seed)
    let model = run.source.scope {
      let model = Seq2Seq(
        Seq2SeqConfiguration(
          kind, source: split.vocabularies.source.count, target: split.vocabularies.target.count, embedding: 32,
          hidden: options.quick ? 64 : 32, layers: 2, dropout: 0.1))
      model.initializeXavier()
      return model
    }
    let optimizer = Adam(model.parameters, learningRate: options.learningRate)
    let name = "Seq2Seq, \(kind.rawValue)"
    try run.begin(data: split.name, details: split.details, model: model, modelName: name)
    // What copying the source would score: the two languages share marks and names.
    let baseline = TranslationTest(split.examples, split.examples.map(\.source)).mean
    print("To beat: BLEU \(fixed(baseline, 3)), that of repeating the source")

    let begin = split.vocabularies.begin
    let trainer = Trainer(
      model, optimizer,
      training: DataLoader(
        split.training, batchSize: options.batchSize, shuffled: true, seed: options.seed, prefetch: 0),
      validation: DataLoader(split.validation, batchSize: options.batchSize, prefetch: 0), seed: options.seed
    ) { batch in model.outcome(batch, beginning: begin) }
    let parameters = optimizer.parameters
    trainer.beforeUpdate = { clipGradients(of: parameters, toNorm: 1) }
    trainer.stopping = patience.map { EarlyStopping(patience: $0) }
    let history = try run.fit(trainer)

    // Greedy and beam, on what the model has not been told.
    let translator = Translator(model, split.vocabularies, steps: TranslationSplit.steps)
    let sources = split.examples.map(\.source)
    let greedy = TranslationTest(split.examples, try translator.greedy(sources))
    let beam = TranslationTest(
      split.examples, try translator.beam(sources, beams: beams).map { $0.first?.tokens ?? [] })
    let loss = history.last?.training["loss"] ?? .nan
    print("\nGreedy:\n\(greedy.table)\n\nBeam search, \(beams) beams:\n\(beam.table)")
    print(
      "\nBLEU \(fixed(greedy.mean, 3)) greedy, \(fixed(beam.mean, 3)) with beams, \(fixed(baseline, 3)) by repeating the source"
    )
    print(
      "Loss \(fixed(loss, 3)) per token; by the book's division \(fixed(loss / Double(TranslationSplit.steps), 3)). \(grouped(Int(history.last?.examplesPerSecond ?? 0))) tokens/s"
    )
    run.report.add("Greedy", .table(greedy.table))
    run.report.add("Beam search", .table(beam.table))
    try addCharts(history, run, split.training, translator)
    try run.finish(
      history, model: name,
      results: [
        ("bleu_greedy", greedy.mean), ("bleu_beam", beam.mean), ("bleu_copy", baseline),
        ("book_loss", loss / Double(TranslationSplit.steps)), ("tokens_per_second", history.last?.examplesPerSecond),
      ],
      next: [
        NextStep("--kind lstm", "another layer in the same model"),
        NextStep("--patience 20", "stop when pairs held out say so"),
      ])
  }

  private func addCharts(
    _ history: [EpochReport], _ run: SectionRun<Seq2SeqSection>, _ dataset: TranslationDataset, _ translator: Translator
  ) throws {
    try run.add(
      history.perplexityChart(), to: "perplexity.svg", heading: "Perplexity", caption: "perplexity per target token")
    // How long its sentences are beside those it was told.
    var lengths = Histogram(title: "Tokens per sentence", x: Axis("tokens"), bins: .automatic)
    lengths.add("should be", values: dataset.pairs.map { Double($0.target.count) })
    lengths.add("translations", values: try translator.greedy(dataset.pairs.map(\.source)).map { Double($0.count) })
    try run.add(
      lengths, to: "lengths.svg", heading: "Lengths",
      caption: "how long its translations are, and how long they should be, of the pairs learned from")
  }
}
