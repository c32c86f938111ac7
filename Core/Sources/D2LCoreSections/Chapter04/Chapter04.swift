import D2LCommands

/// The sections of chapter 4, multilayer perceptrons, in the book's order.
enum Chapter04 {
  static let sections: [any Section.Type] = []
}
