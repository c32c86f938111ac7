import D2LCommands

/// The sections of chapter 11, optimization algorithms, in the book's order.
enum Chapter11 {
  static let sections: [any Section.Type] = [
    OptimizationSection.self, ConvexitySection.self, GradientDescentSection.self,
    StochasticGradientDescentSection.self, MinibatchSection.self, MomentumSection.self, AdaGradSection.self,
    RMSPropSection.self, AdadeltaSection.self, AdamSection.self, LearningRateSection.self,
  ]
}
