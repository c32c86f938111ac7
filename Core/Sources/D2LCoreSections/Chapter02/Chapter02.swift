import D2LCommands

/// The sections of chapter 2, preliminaries, in the book's order.
enum Chapter02 {
  static let sections: [any Section.Type] = [
    DataManipulationSection.self, DataPreprocessingSection.self, LinearAlgebraSection.self, CalculusSection.self,
    AutomaticDifferentiationSection.self, ProbabilitySection.self, DocumentationSection.self,
  ]
}
