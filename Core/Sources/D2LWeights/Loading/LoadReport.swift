import D2LTensor

/// What became of every name when weights were put into a model.
public struct LoadReport: Sendable {
  /// A name that only one side has.
  public struct Unmatched: Sendable, Hashable {
    /// The name; of one in the file, what the key map made of it.
    public var name: String
    /// The nearest name among those that the other side has to spare.
    public var nearest: String?
  }

  /// A name that both sides have for different things.
  public struct Mismatch: Sendable, Hashable {
    /// The name.
    public var name: String
    /// Shape and type in the file.
    public var inFile: String
    /// Shape and type in the model.
    public var inModel: String
  }

  /// A tensor whose element type was changed.
  public struct Conversion: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The type in the file.
    public var from: FileDType
    /// The type in the model.
    public var to: DType
  }

  /// The file, for messages.
  public var file: String
  /// Names that were loaded, in the model's order.
  public var loaded: [String] = []
  /// Names of the model that the file does not have.
  public var missing: [Unmatched] = []
  /// Names of the file that the model does not have.
  public var unexpected: [Unmatched] = []
  /// Names whose shapes or types do not fit.
  public var mismatched: [Mismatch] = []
  /// Tensors that were converted.
  public var conversions: [Conversion] = []
  /// Names of the model that were left out by `only` and `except`.
  public var excluded: [String] = []
  /// Names that were allowed to be missing and are, on one side or the other.
  public var tolerated: [String] = []

  /// Whether everything fits.
  public var isComplete: Bool { problemCount == 0 }
  /// How many names do not fit.
  public var problemCount: Int { missing.count + unexpected.count + mismatched.count }
}

extension LoadReport: CustomStringConvertible {
  /// A line on what was loaded, then one for each name that does not fit.
  public var description: String {
    var lines = ["\(file): \(loaded.count) tensors fit the model"]
    func add(_ title: String, _ items: [String]) {
      guard !items.isEmpty else { return }
      lines.append("\(items.count) \(title):")
      lines += items.map { "  " + $0 }
    }
    let text: (Unmatched) -> String = { $0.name + ($0.nearest.map { " (nearest: \($0))" } ?? "") }
    add("missing in the file", missing.map(text))
    add("not in the model", unexpected.map(text))
    add(
      "of another shape or type", mismatched.map { "\($0.name): \($0.inFile) in the file, \($0.inModel) in the model" })
    add("left as they are", excluded)
    add("missing, which is allowed", tolerated)
    let kinds = Dictionary(grouping: conversions) { "\($0.from) to \($0.to)" }
    for (kind, items) in kinds.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "\(items.count) converted from \(kind): \(items.prefix(3).map(\.name).joined(separator: ", "))\(items.count > 3 ? ", …" : "")"
      )
    }
    return lines.joined(separator: "\n")
  }
}

/// Weights that do not fit the model. The model is as it was before.
public struct LoadError: Error, Sendable, CustomStringConvertible {
  /// Every name that does not fit.
  public var report: LoadReport

  /// The report, and what can be done.
  public var description: String {
    "the weights do not fit the model, which is unchanged\n" + report.description
      + "\nhelp: rename with keyMap, load a part with only or except, or ignore missing and surplus names with strict: false"
  }
}
