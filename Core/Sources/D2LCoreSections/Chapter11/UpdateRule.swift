import D2LCore

/// How an optimizer moves an array of numbers along its gradient, written out as in the book. What it remembers from step to step (a velocity, a mean of
/// squares) begins as the number 0 and takes the array's shape at the first step.
///
/// The rules of 11.4 to 11.10 conform. One rule serves a walk over two coordinates, in Double, and a model's weights, in Float.
package protocol UpdateRule<Scalar> {
  /// The type of the numbers.
  associatedtype Scalar: FloatingScalar
  /// Takes one step with `w`, whose gradient is `g`.
  mutating func update(_ w: inout Tensor<Scalar>, along g: Tensor<Scalar>)
}

/// Plain gradient descent (11.3): w ← w - η g.
package struct DescentRule<Scalar: FloatingScalar>: UpdateRule {
  let learningRate: Scalar

  /// Steps of `learningRate` times the gradient.
  package init(learningRate: Scalar) { self.learningRate = learningRate }

  package mutating func update(_ w: inout Tensor<Scalar>, along g: Tensor<Scalar>) { w -= learningRate * g }
}

/// A rule at work on a model's parameters: every one has a copy of the rule, with a memory of its own.
package struct ScratchOptimizer<Rule: UpdateRule> where Rule.Scalar == Float {
  private let parameters: [Parameter]
  private var rules: [Rule]

  /// `rule` on each of `parameters`.
  package init(_ parameters: [Parameter], _ rule: Rule) {
    self.parameters = parameters
    rules = parameters.map { _ in rule }
  }

  /// Moves every parameter along its gradient, and forgets the gradients.
  package mutating func step() {
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = parameter.gradient else { continue }
      rules[index].update(&parameter.value, along: gradient)
      parameter.zeroGradient()
    }
  }
}
