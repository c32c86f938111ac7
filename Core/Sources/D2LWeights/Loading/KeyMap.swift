/// How the names in a file become those of a model: an ordered table of rules.
///
/// Each rule is applied to what the rules before it have made.
///
/// ```swift
/// let fromTorchvision: KeyMap = [
///   .prefix("layer", "stage"),
///   .pattern("stage*.*.downsample.0.*", "stage*.*.shortcut.*"),
///   .exact("fc.bias", "head.bias"),
///   .drop("**.num_batches_tracked"),
/// ]
/// ```
public struct KeyMap: Sendable, ExpressibleByArrayLiteral {
  /// One line of the table.
  public enum Rule: Sendable, Hashable {
    /// A whole name.
    case exact(String, String)
    /// The beginning of a name. An empty replacement takes it away.
    case prefix(String, String)
    /// A whole name with wildcards. `*` stands for anything without a dot, `**` for anything; what the first wildcard of the left
    /// side stood for goes where the first of the right side is, and so on.
    case pattern(String, String)
    /// Names, with or without wildcards, that the model does not need.
    case drop(String)
  }

  /// The rules, in order.
  public var rules: [Rule]

  /// A table of rules.
  public init(_ rules: [Rule] = []) { self.rules = rules }

  /// A table of rules.
  public init(arrayLiteral elements: Rule...) { rules = elements }

  /// The name in the model for a name in the file; nil if it is dropped.
  public func callAsFunction(_ name: String) -> String? {
    var name = name
    for rule in rules {
      switch rule {
      case .exact(let from, let to):
        if name == from { name = to }
      case .prefix(let from, let to):
        if name.hasPrefix(from) { name = to + name.dropFirst(from.count) }
      case .pattern(let from, let to):
        if let captures = KeyPattern(from).captures(in: name) { name = KeyPattern(to).filled(with: captures) }
      case .drop(let pattern):
        if KeyPattern(pattern).captures(in: name) != nil { return nil }
      }
    }
    return name
  }
}

/// A name with wildcards: `*` for anything without a dot, `**` for anything.
struct KeyPattern {
  private enum Part: Equatable {
    case text([UInt8])
    case segment
    case anything
  }

  private let parts: [Part]

  init(_ pattern: String) {
    var parts: [Part] = []
    var text: [UInt8] = []
    let bytes = Array(pattern.utf8)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "*") {
        if !text.isEmpty { parts.append(.text(text)) }
        text = []
        let isDouble = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "*")
        parts.append(isDouble ? .anything : .segment)
        index += isDouble ? 2 : 1
      } else {
        text.append(bytes[index])
        index += 1
      }
    }
    if !text.isEmpty { parts.append(.text(text)) }
    self.parts = parts
  }

  /// What the wildcards stand for, if the whole of `name` fits.
  func captures(in name: String) -> [String]? {
    match(parts[...], Array(name.utf8)[...])?.map { String(decoding: $0, as: UTF8.self) }
  }

  private func match(_ parts: ArraySlice<Part>, _ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
    guard let part = parts.first else { return text.isEmpty ? [] : nil }
    let rest = parts.dropFirst()
    if case .text(let literal) = part {
      return text.starts(with: literal) ? match(rest, text.dropFirst(literal.count)) : nil
    }
    // The shortest run that lets the rest fit.
    var end = text.startIndex
    while true {
      if let found = match(rest, text[end...]) { return [text[..<end]] + found }
      guard end < text.endIndex, part == .anything || text[end] != UInt8(ascii: ".") else { return nil }
      end += 1
    }
  }

  /// The name with the wildcards replaced; missing captures are empty.
  func filled(with captures: [String]) -> String {
    var captures = captures[...]
    return parts.map { part in
      if case .text(let text) = part { return String(decoding: text, as: UTF8.self) }
      return captures.popFirst() ?? ""
    }.joined()
  }

  /// Whether `name` fits the pattern, or lies below a path that it spells: "fc" selects "fc" and "fc.weight".
  static func selects(_ pattern: String, _ name: String) -> Bool {
    KeyPattern(pattern).captures(in: name) != nil || name.hasPrefix(pattern + ".")
      || KeyPattern(pattern + ".**").captures(in: name) != nil
  }
}
