import D2LCommands

/// The sections of chapter 12, computational performance, whose networks are Vision's.
enum Chapter12 {
  static let sections: [any Section.Type] = []
}
