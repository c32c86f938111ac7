import D2LCommands

/// The sections of chapter 7, modern convolutional neural networks, in the book's order.
enum Chapter07 {
  static let sections: [any Section.Type] = []
}
