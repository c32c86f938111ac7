import D2LCommands

/// The sections of chapter 6, convolutional neural networks, in the book's order.
enum Chapter06 {
  static let sections: [any Section.Type] = [LeNetSection.self]
}
