import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// The options that all character models have beside the usual ones.
struct CharacterOptions: ParsableArguments {
  @Flag(help: "Cut the text into pieces in random order, each read from the zero state, instead of reading it through.")
  var random = false

  @Option(help: ArgumentHelp("A text of your own to learn, in UTF-8; it is reduced to letters.", valueName: "file"))
  var text: String?

  @Option(parsing: .unconditional, help: "Units of each layer and direction. (default: the book's)")
  var hidden: Int?

  @Option(
    parsing: .unconditional,
    help: "Stop when so many epochs have not bettered the loss on text held out. (default: learn by heart, as the book)"
  )
  var patience: Int?

  func validate() throws {
    guard 1...4096 ~= hidden ?? 1 else {
      throw ValidationError("--hidden \(hidden ?? 0): a number from 1 to 4096 is expected.")
    }
    guard 1...1_000_000 ~= patience ?? 1 else {
      throw ValidationError("--patience \(patience ?? 0): a number from 1 to 1000000 is expected.")
    }
  }
}

/// How the book trains each of its character models (8.5): windows of 35 characters, gradients through one window, clipped to a norm of 1, plain
/// descent. Perplexity is shown for the text learned from and for text held out; only the second says whether it models the language.
enum CharacterModelRun {
  static let steps = 35

  /// Trains the model that `make` makes for the given number of characters and units, and shows what it writes; `remark` says what is to be seen in it.
  static func run<Defaults>(
    _ info: SectionInfo, _ options: TrainingOptions<Defaults>, _ characters: CharacterOptions, name: String,
    hidden: Int, remark: String? = nil, make: (_ vocabulary: Int, _ hidden: Int) -> any AutoregressiveModel
  ) throws {
    let run = try SectionRun(info, options)
    let text = try CharacterText(options, own: characters.text)
    let training = try DataLoader(
      windowsOf: text.training, batchSize: options.batchSize, steps: steps, randomly: characters.random,
      seed: options.seed)
    let validation = try DataLoader(windowsOf: text.validation, batchSize: options.batchSize, steps: steps)
    let hidden = characters.hidden ?? hidden
    let model = run.source.scope { make(text.vocabulary.count, hidden) }
    let optimizer = SGD(model.parameters, learningRate: options.learningRate)
    try run.begin(
      data: text.name, details: text.details, model: model, modelName: "\(name), \(hidden) units",
      extra: [("windows", characters.random ? "random" : "consecutive")])
    let baseline = unigramScore(of: text.test, knowing: text.training, vocabulary: text.vocabulary.count).perplexity
    print("To beat: perplexity \(fixed(baseline, 1)) on the test text, knowing only how often each character comes")

    // The loop: each batch goes on where the last one ended, unless the windows are random.
    let learner = LanguageLearner(model, batchSize: options.batchSize, carriesState: !characters.random)
    let trainer = learner.trainer(optimizer, training: training, validation: validation, seed: options.seed)
    trainer.stopping = characters.patience.map { EarlyStopping(patience: $0) }
    let history = try run.fit(trainer)
    if let model = model as? LanguageModel {
      try LanguageModelFile(model, vocabulary: TokenTable(text.vocabulary), tokenization: .characters)
        .write(to: run.folder.weights)
    }
    try show(history, model, text, baseline: baseline, run, name: name, remark: remark)
  }

  private static func show<Defaults>(
    _ history: [EpochReport], _ model: any AutoregressiveModel, _ text: CharacterText, baseline: Double,
    _ run: SectionRun<Defaults>, name: String, remark: String?
  ) throws {
    let generator = TextGenerator(model, vocabulary: TokenTable(text.vocabulary), tokenization: .characters)
    let texts = try text.prefixes.map { try generator.text(after: $0, count: 50) }
    let training = history.last?.training.perplexity() ?? .nan
    let test = try model.score(of: text.test).perplexity
    print(
      "\nPerplexity \(fixed(training, 2)) on the text learned from, \(fixed(test, 1)) on the test text (to beat: \(fixed(baseline, 1)))"
    )
    print("\(grouped(Int(history.last?.examplesPerSecond ?? 0))) characters/s in the last epoch\n")
    for text in texts { print(text) }
    if let remark { print("\n" + remark) }
    if training < 2, test > baseline / 2 {
      print("\nIt has learned \(grouped(text.training.count)) characters by heart, and of the language little.")
    }
    try run.add(
      history.perplexityChart(baseline: baseline), to: "perplexity.svg", heading: "Perplexity",
      caption: "the same as perplexity, with what frequencies alone come to")
    run.report.add("What it writes", .preformatted(texts.joined(separator: "\n")))
    try run.finish(
      history, model: name,
      results: [
        ("train_perplexity", training), ("test_perplexity", test), ("unigram_perplexity", baseline),
        ("characters_per_second", history.last?.examplesPerSecond),
      ],
      next: [
        NextStep("--patience 20", "stop when text held out says so"),
        NextStep("--random", "windows in random order, each from the zero state"),
        NextStep("--quick --json", "seconds long, ending with a line for scripts"),
      ])
  }
}
