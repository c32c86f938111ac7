import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// Past section 9.3: two layers of LSTM learn the words of the Wall Street Journal, and are judged by text they have not seen.
struct PennTreebankSection: Section, TrainingDefaults {
  static let info = SectionInfo(
    number: "9.3", title: "Past the book: a language model of words", package: "sequence", command: "ptb",
    data: "Penn Treebank",
    paper: "Zaremba, Sutskever, Vinyals, \"Recurrent Neural Network Regularization\", 2014")
  static let epochs = 12
  static let batchSize = 20
  static let learningRate = 0.002
  static let quick = TrainingSettings(epochs: 4, batchSize: 10, learningRate: 0.005)
  static let steps = 35

  @OptionGroup var options: TrainingOptions<PennTreebankSection>

  @Option(
    parsing: .unconditional,
    help: "Units of each layer, and the width of the words' vectors. (default: 400; with --quick 64)")
  var hidden: Int?

  @Option(help: "Layers of LSTM.")
  var layers = 2

  @Option(help: "The probability that a number is set to zero: vectors, between layers, outputs.")
  var dropout = 0.4

  @Flag(help: "Give the output layer weights of its own instead of the table of vectors.")
  var untied = false

  @Option(help: "Stop when so many epochs have not bettered the validation loss.")
  var patience = 2

  func validate() throws {
    func check(_ condition: Bool, _ message: String) throws {
      if !condition { throw ValidationError(message) }
    }
    try check(1...4096 ~= hidden ?? 1, "--hidden \(hidden ?? 0): a number from 1 to 4096 is expected.")
    try check(1...8 ~= layers, "--layers \(layers): a number from 1 to 8 is expected.")
    try check(0..<1 ~= dropout, "--dropout \(dropout): a number from 0 up to 1 is expected.")
    try check(1...1000 ~= patience, "--patience \(patience): a number from 1 to 1000 is expected.")
  }

  func run() throws {
    let run = try SectionRun(Self.info, options)
    let (text, details) = try text()
    let hidden = hidden ?? (options.quick ? 64 : 400)
    let (vocabulary, batchSize) = (text.vocabulary, options.batchSize)
    let trainingBatches = try DataLoader(
      windowsOf: text.training, batchSize: batchSize, steps: Self.steps, seed: options.seed)
    let validationBatches = try DataLoader(windowsOf: text.validation, batchSize: batchSize, steps: Self.steps)

    let model = run.source.scope {
      let model = LanguageModel(
        LanguageModelConfiguration(
          .lstm, vocabulary: vocabulary.count, embedding: hidden, hidden: hidden, layers: layers, dropout: dropout,
          isTied: !untied))
      model.initializeUniformly(0.1)
      return model
    }
    let optimizer = Adam(model.parameters, learningRate: options.learningRate)
    try run.begin(
      data: details.name, details: details.text, model: model, modelName: "LSTM \(layers) × \(hidden)",
      extra: [("dropout", "\(dropout)"), ("tied", "\(!untied)"), ("schedule", "cosine over \(options.epochs) epochs")])
    let baseline = unigramScore(of: text.test, knowing: text.training, vocabulary: vocabulary.count).perplexity
    print("To beat: \(fixed(baseline, 1)), the test perplexity of knowing only how often each word comes")

    // Batches go on where the last ones ended; the rate falls along a cosine to zero.
    let learner = LanguageLearner(model, batchSize: batchSize)
    let trainer = learner.trainer(
      optimizer, training: trainingBatches, validation: validationBatches, seed: options.seed)
    trainer.scheduler = ScheduledRate(
      CosineSchedule(steps: options.epochs * trainer.batchCount), of: optimizer, per: .batch)
    trainer.stopping = EarlyStopping(patience: patience)
    let best = run.folder.file("best.safetensors")
    trainer.keepBest(at: best)
    let history = try run.fit(trainer)
    try Checkpoint(path: best).restore(learner, optimizer)
    let file = LanguageModelFile(model, vocabulary: TokenTable(vocabulary), tokenization: .words)
    try file.write(to: run.folder.weights)

    // Judged by text that was neither learned from nor chosen by.
    let validation = try model.score(of: text.validation).perplexity
    let test = try model.score(of: text.test).perplexity
    let generator = TextGenerator(file)
    let sample = try generator.text(
      after: vocabulary.contains("the") ? "the" : vocabulary.tokens[1], count: 40,
      sampling: TokenSampling(temperature: 0.8, topK: 50), seed: options.seed)
    print(
      "\nValidation perplexity \(fixed(validation, 2)), test perplexity \(fixed(test, 2)) (to beat: \(fixed(baseline, 1)))"
    )
    print("\nA sample: \(sample)")
    run.report.add("A sample", .preformatted(sample))
    try run.add(
      history.perplexityChart(baseline: baseline), to: "perplexity.svg", heading: "Perplexity",
      caption: "the same as perplexity, with what frequencies alone come to")
    try run.finish(
      history, model: "LSTM \(layers) × \(hidden)",
      results: [
        ("validation_perplexity", validation), ("test_perplexity", test), ("unigram_perplexity", baseline),
      ],
      next: [
        NextStep("--hidden 650 --dropout 0.5 --epochs 20", "a larger model, for longer"),
        NextStep("--untied", "output weights of their own"),
      ])
  }

  private func text() throws -> (PennTreebank, (name: String, text: String)) {
    if let location = try DataCache().find(.pennTreebank, options.quick ? .synthetic : options.data) {
      let text = try PennTreebank.load(from: location)
      return (
        text,
        (
          "real",
          "\(location), \(grouped(text.training.count)) words to learn from, \(grouped(text.validation.count)) to choose by, \(grouped(text.test.count)) to judge by"
        )
      )
    }
    let count = options.quick ? 2_000 : 20_000
    let all = SyntheticText.sentences(count + count / 5, seed: options.seed)
    let text = PennTreebank(
      training: Array(all[..<count]), validation: Array(all[count..<count + count / 10]),
      test: Array(all[(count + count / 10)...]))
    return (
      text,
      (
        "synthetic", "generated sentences, \(grouped(text.training.count)) words to learn from"
      )
    )
  }
}
