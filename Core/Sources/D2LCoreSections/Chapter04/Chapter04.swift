import D2LCommands

/// The sections of chapter 4, multilayer perceptrons, in the book's order.
enum Chapter04 {
  static let sections: [any Section.Type] = [
    ActivationFunctionsSection.self, PerceptronScratchSection.self, PerceptronSection.self,
    ModelSelectionSection.self, WeightDecaySection.self, DropoutSection.self, NumericalStabilitySection.self,
    HousePricesSection.self,
  ]
}
