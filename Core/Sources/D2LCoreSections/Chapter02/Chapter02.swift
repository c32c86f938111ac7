import D2LCommands

/// The sections of chapter 2, preliminaries, in the book's order.
enum Chapter02 {
  static let sections: [any Section.Type] = [DataManipulationSection.self]
}
