import D2LCore
import Foundation

/// A language model with all that is needed to use it: sizes, weights, vocabulary, and how text is cut into tokens.
///
/// One safetensors file; sizes and vocabulary are its metadata, as JSON.
public struct LanguageModelFile {
  /// The model, its weights loaded.
  public let model: LanguageModel
  /// What its numbers stand for.
  public let vocabulary: TokenTable
  /// How text is cut.
  public let tokenization: Tokenization

  private static let sizesKey = "d2l.language_model"
  private static let vocabularyKey = "d2l.vocabulary"
  private static let tokenizationKey = "d2l.tokenization"

  /// A model to be saved.
  public init(_ model: LanguageModel, vocabulary: TokenTable, tokenization: Tokenization) {
    require(
      vocabulary.count == model.vocabularySize, "LanguageModelFile",
      "\(vocabulary.count) tokens for a model of \(model.vocabularySize)")
    self.model = model
    self.vocabulary = vocabulary
    self.tokenization = tokenization
  }

  /// Writes the file.
  public func write(to path: String) throws {
    var weights = NamedTensors()
    for (name, array) in model.state { weights[name] = array }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let metadata = [
      Self.sizesKey: String(decoding: try encoder.encode(model.configuration), as: UTF8.self),
      Self.vocabularyKey: String(decoding: try encoder.encode(vocabulary.tokens), as: UTF8.self),
      Self.tokenizationKey: tokenization.rawValue,
    ]
    try Safetensors.write(weights, metadata: metadata, to: path)
  }

  /// Reads a file that ``write(to:)`` made, or weights from elsewhere: of PyTorch's word-language-model example, of the book's models in PyTorch and
  /// MXNet (``LanguageModelKeys``). Those need a vocabulary; their sizes are read off the shapes. Shapes do not tell tanh from max(·, 0), which Gluon's
  /// `RNN` has unless told otherwise: `kind` does.
  ///
  /// Throws a `FileError` where the file is damaged, a `LoadError` where the weights are of another model, a ``SequenceError`` where the vocabulary
  /// does not go with them.
  public init(
    path: String, vocabulary given: TokenTable? = nil, tokenization: Tokenization? = nil, kind: RecurrentKind? = nil
  ) throws {
    let file = try Weights.open(path, options: ReadOptions(borrowsMappedMemory: false)).stateDict()
    let metadata = file.metadata
    let keys = LanguageModelKeys(of: file.names)
    var sizes: LanguageModelConfiguration
    if let saved = metadata[Self.sizesKey] {
      sizes = try Self.decode(LanguageModelConfiguration.self, saved, Self.sizesKey, path)
    } else {
      sizes = try keys.configuration(of: file)
      if let kind { sizes.kind = kind }
    }
    let table: TokenTable
    if let given {
      table = given
    } else if let saved = metadata[Self.vocabularyKey] {
      table = try TokenTable(Self.decode([String].self, saved, Self.vocabularyKey, path))
    } else {
      throw SequenceError(
        "\(path) has weights and no vocabulary",
        help: "give the \(sizes.vocabulary) tokens in the model's order, one a line, with --vocabulary")
    }
    guard table.count == sizes.vocabulary else {
      throw SequenceError(
        "the vocabulary has \(table.count) tokens, the weights in \(path) are for \(sizes.vocabulary)",
        help: "use the vocabulary that the model was trained with")
    }
    try Self.check(sizes, path)
    let model = LanguageModel(sizes)
    try model.loadWeights(file, LoadOptions(keyMap: keys.map))
    self.init(
      model, vocabulary: table,
      tokenization: tokenization ?? metadata[Self.tokenizationKey].flatMap(Tokenization.init)
        ?? (table.tokens.allSatisfy { $0.count == 1 || $0 == Vocabulary.unknown } ? .characters : .words))
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ text: String, _ key: String, _ path: String
  ) throws(FileError) -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
      throw FileError(
        file: path, at: .key(key), problem: "the saved description of the model cannot be read",
        help: "the file was changed after it was saved; save the model anew")
    }
  }

  /// Throws if sizes that a file claims cannot be those of a model.
  private static func check(_ sizes: LanguageModelConfiguration, _ path: String) throws(FileError) {
    let numbers = [sizes.vocabulary, sizes.hidden, sizes.layers, sizes.embedding ?? 1]
    let width = sizes.hidden * (sizes.isBidirectional ? 2 : 1)
    guard numbers.allSatisfy({ 1...(1 << 24) ~= $0 }), sizes.layers <= 64, 0...1 ~= sizes.dropout,
      !sizes.isTied || sizes.embedding == width
    else {
      throw FileError(
        file: path, at: .key(sizesKey), problem: "no model has these sizes: \(sizes)",
        help: "the file was changed after it was saved; save the model anew")
    }
  }
}
