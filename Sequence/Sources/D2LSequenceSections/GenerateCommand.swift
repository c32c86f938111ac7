import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// `d2l sequence generate`: a trained language model goes on with a text.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate", abstract: "Let a trained language model go on with a text.",
    discussion:
      "The weights are a run's model.safetensors (of any section but those from scratch); or those of PyTorch's word-language-model example or of the book's models in PyTorch and MXNet, with a vocabulary."
  )

  @Option(help: ArgumentHelp("The trained model.", valueName: "file"))
  var weights: String

  @Option(help: "What the text begins with.")
  var prefix: String

  @Option(parsing: .unconditional, help: "How many characters or words to write.")
  var count = 50

  @Option(
    parsing: .unconditional,
    help: "Below 1 probable tokens become more so; 0 always takes the most probable.")
  var temperature = 0.0

  @Option(parsing: .unconditional, help: "Draw only from so many of the most probable tokens.")
  var topK: Int?

  @Option(parsing: .unconditional, help: "Draw only from the most probable tokens that together have this probability.")
  var topP: Double?

  @Option(
    help: ArgumentHelp(
      "The model's tokens in its order, one a line, if the weights do not have them.", valueName: "file"))
  var vocabulary: String?

  @Option(help: "The kind of the recurrent layers, where the weights' shapes do not tell: rnn or rnn-relu.")
  var kind: RecurrentKind?

  @Option(
    help: "How text is cut, if the weights do not say: words or characters.",
    transform: { text in
      guard let value = Tokenization(rawValue: text) else {
        throw ValidationError("--tokens \(text): words or characters is expected.")
      }
      return value
    })
  var tokens: Tokenization?

  @Option(parsing: .unconditional, help: "Decides all random choices.")
  var seed: UInt64 = 0

  func validate() throws {
    func check(_ condition: Bool, _ message: String) throws {
      if !condition { throw ValidationError(message) }
    }
    try check(0...1_000_000 ~= count, "--count \(count): a whole number from 0 to 1000000 is expected.")
    try check(
      temperature >= 0 && temperature.isFinite, "--temperature \(temperature): a number from 0 on is expected.")
    try check(topK ?? 1 >= 1, "--top-k \(topK ?? 0): a number from 1 on is expected.")
    try check((topP ?? 1) > 0 && (topP ?? 1) <= 1, "--top-p \(topP ?? 0): a number above 0, at most 1, is expected.")
    try check(
      temperature > 0 || (topK == nil && topP == nil),
      "--top-k and --top-p choose what is drawn from: give a --temperature above 0, say 1.")
  }

  func run() throws {
    let file = try LanguageModelFile(
      path: weights, vocabulary: vocabulary.map { try TokenTable.load(path: $0) }, tokenization: tokens, kind: kind)
    let sampling = TokenSampling(temperature: temperature, topK: topK, topP: topP)
    print(try TextGenerator(file).text(after: prefix, count: count, sampling: sampling, seed: seed))
  }
}
