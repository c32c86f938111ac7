import D2LCommands

/// The sections of chapter 11, optimization algorithms, in the book's order.
enum Chapter11 {
  static let sections: [any Section.Type] = []
}
