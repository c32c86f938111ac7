import D2LCommands

/// The sections of chapter 3, linear neural networks, in the book's order.
enum Chapter03 {
  static let sections: [any Section.Type] = [
    LinearRegressionSection.self, LinearRegressionScratchSection.self, LinearRegressionConciseSection.self,
    ImageDatasetSection.self, SoftmaxRegressionScratchSection.self, SoftmaxRegressionConciseSection.self,
  ]
}
