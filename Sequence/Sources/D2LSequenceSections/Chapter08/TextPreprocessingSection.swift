import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// Section 8.2: a book becomes lines, tokens, numbers.
struct TextPreprocessingSection: Section {
  static let info = SectionInfo(
    number: "8.2", title: "Text Preprocessing", package: "sequence", command: "text-preprocessing",
    data: "The Time Machine")

  @OptionGroup var options: ExampleOptions
  @OptionGroup var source: TextSource

  func run() throws {
    let run = try ExampleRun(Self.info, options)
    let text = try source.lines(options)

    run.part("Reading: \(text.origin)")
    run.show("lines", text.lines.count)
    run.show("line 0", text.lines.first ?? "")
    if text.lines.count > 10 { run.show("line 10", text.lines[10]) }

    run.part("Words")
    let lines = Tokenization.words.tokens(of: text.lines)
    run.show("tokens of line 0", (lines.first ?? []).joined(separator: " | "))
    let vocabulary = Vocabulary(lines)
    run.show("words", lines.reduce(0) { $0 + $1.count })
    run.show("different words", vocabulary.count - 1)
    run.show(
      "the first of the vocabulary",
      vocabulary.tokens.prefix(10).enumerated().map { "\($1) \($0)" }.joined(separator: ", "))
    for place in [0, 10] where place < lines.count {
      run.show(
        "numbers of line \(place)", vocabulary[lines[place]].map(String.init).joined(separator: " "))
    }

    run.part("Characters")
    let characters = Tokenization.characters.tokens(of: text.lines)
    let alphabet = Vocabulary(characters)
    run.show("characters of the corpus", characters.reduce(0) { $0 + $1.count })
    run.show("vocabulary", alphabet.count)
    run.show(
      "by frequency", alphabet.tokens.map { $0 == " " ? "space" : $0 }.joined(separator: " "))
    try run.finish()
  }
}

/// Where the text of a section without training comes from.
struct TextSource: ParsableArguments {
  @Option(
    help: "What to read. Without this option: The Time Machine where it is found on this machine, else synthetic.")
  var data: DataChoice?

  @Option(help: ArgumentHelp("A text of your own to read, in UTF-8.", valueName: "file"))
  var text: String?

  func validate() throws {
    if data != nil && text != nil { throw ValidationError("--data and --text: give one of the two.") }
  }

  /// The lines of the text, reduced to letters, and where they are from. Throws if there is nothing in it.
  func lines(_ options: ExampleOptions) throws -> (lines: [String], origin: String) {
    let result: (lines: [String], origin: String)
    if let text {
      result = (D2LCore.lines(of: try readText(path: text)).map(\.reducedToLetters), text)
    } else if let location = try DataCache().find(.timeMachine, options.quick ? data ?? .synthetic : data) {
      result = (try TimeMachine.load(from: location), "\(location)")
    } else {
      result = (SyntheticText.sentences(2_000, seed: options.seed), "generated sentences")
    }
    guard result.lines.contains(where: { !$0.isEmpty }) else {
      throw SequenceError("\(result.origin): the text is empty", help: "give a text with letters a to z in it")
    }
    return result
  }
}
