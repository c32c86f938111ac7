import D2LCore

// Linear regression from its parts, as section 3.2 puts it together and later sections use it again: data, batches, model, loss, update.

extension RegressionDataset {
  /// Examples of a known linear law: y = X w + b + noise, X from N(0, 1), noise from N(0, `noise`²) (book 3.2, `synthetic_data`).
  ///
  /// Inputs `[count, weights]`, targets `[count, 1]`, from the current random source.
  package init(weights: [Float], bias: Float, count: Int, noise: Float = 0.01) {
    let x = Tensor<Float>(randomNormal: [count, weights.count])
    let w = Tensor(weights).reshaped([-1, 1])
    let y = x.matmul(w) + bias  // [count, 1]
    self.init(inputs: x, targets: y + Tensor(randomNormal: y.shape, standardDeviation: noise))
  }

  /// All examples once, in random order, `batchSize` at a time; the last batch may be smaller (book 3.2, `data_iter`).
  package func minibatches(of batchSize: Int, using generator: inout RandomGenerator) -> [RegressionBatch] {
    generator.permutation(count).split(size: batchSize).map { numbers in
      RegressionBatch(inputs: inputs.taking(numbers), targets: targets.taking(numbers))
    }
  }
}

/// X w + b: `[batch, inputs]` and `[inputs, 1]` to `[batch, 1]` (book 3.2, `linreg`).
package func linearRegression(_ x: Tensor<Float>, _ w: Tensor<Float>, _ b: Tensor<Float>) -> Tensor<Float> {
  x.matmul(w) + b
}

/// (ŷ - y)² / 2 of each example (book 3.2, `squared_loss`).
package func squaredLoss(_ prediction: Tensor<Float>, _ y: Tensor<Float>) -> Tensor<Float> {
  square(prediction - y.reshaped(prediction.shape)) / 2
}

/// Minibatch stochastic gradient descent: each parameter goes against its gradient, which is a sum over the batch, and forgets it (book 3.2,
/// `sgd`).
package func sgd(_ parameters: [Parameter], learningRate: Double, batchSize: Int) {
  for parameter in parameters {
    guard let gradient = parameter.gradient else { continue }
    parameter.value -= gradient * Float(learningRate / Double(batchSize))
    parameter.zeroGradient()
  }
}

/// Linear regression whose parameters are bare arrays: weight `[inputs, 1]` from N(0, 0.01²), bias `[1]` zero.
package final class ScratchLinearRegression: Layer {
  package let weight: Parameter
  package let bias: Parameter

  /// A model of so many inputs, its weight from the current random source.
  package init(inputs: Int) {
    weight = Parameter(Tensor(randomNormal: [inputs, 1], standardDeviation: 0.01))
    bias = Parameter(Tensor(zeros: [1]))
  }

  /// `[batch, inputs]` to `[batch, 1]`.
  package func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    linearRegression(x, weight.value, bias.value)
  }
}
