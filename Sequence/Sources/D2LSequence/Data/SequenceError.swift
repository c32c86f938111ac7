import D2LCore

/// What the world got wrong in a text, a sentence or a vocabulary: what, where, and what to do about it.
public struct SequenceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, with the values that show it.
  public let problem: String
  /// What can be done.
  public let help: String

  /// An error with advice.
  public init(_ problem: String, help: String) {
    self.problem = problem
    self.help = help
  }

  /// The problem, and the help on a line of its own.
  public var description: String { "\(problem)\nhelp: \(help)" }

  /// A text that is too short for what is asked of it.
  static func tooShort(tokens: Int, needed: Int, for purpose: String) -> SequenceError {
    tokens == 0
      ? SequenceError("the text is empty", help: "give a text of at least \(needed) tokens")
      : SequenceError(
        "the text has \(tokens) tokens; \(purpose) takes \(needed)",
        help: "give a longer text, or shorter windows and smaller batches")
  }
}
