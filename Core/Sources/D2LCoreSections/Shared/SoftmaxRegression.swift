import D2LCore

// Softmax regression from its parts, as section 3.6 puts it together: model, loss, accuracy, and the loop that trains it.

/// exp(x) divided by its sum over each row, `[batch, classes]` (book 3.6).
///
/// As written it overflows where an entry passes 88, the logarithm of the largest Float; 3.7 shows the cure.
package func softmax(_ x: Tensor<Float>) -> Tensor<Float> {
  let exponentials = exp(x)
  return exponentials / exponentials.sum(axis: 1, keepingDimensions: true)
}

/// -log of the probability given to the label, example by example: `[batch, classes]` and `[batch]` to `[batch]` (book 3.6).
package func crossEntropyLoss(_ probabilities: Tensor<Float>, _ labels: Tensor<Int64>) -> Tensor<Float> {
  -log(probabilities.gathering(labels.unsqueezed(axis: 1), axis: 1).squeezed(axis: 1))
}

/// The share of examples whose label has the highest score: scores `[batch, classes]`, labels `[batch]`.
package func accuracy(_ scores: Tensor<Float>, _ labels: Tensor<Int64>) -> Double {
  Double(correctCount(scores, labels)) / Double(labels.count)
}

/// softmax(X W + b) with parameters that are bare arrays: weight `[inputs, classes]` from N(0, 0.01²), bias `[classes]` zero.
package final class ScratchSoftmaxRegression: Layer {
  package let weight: Parameter
  package let bias: Parameter

  /// A model of so many inputs and classes, its weight from the current random source.
  package init(inputs: Int, classes: Int) {
    // Drawn class by class, as the rows of 3.7's layer are: with one seed both versions begin, and go on, alike.
    weight = Parameter(Tensor(randomNormal: [classes, inputs], standardDeviation: 0.01).transposed().contiguous())
    bias = Parameter(Tensor(zeros: [classes]))
  }

  /// Images `[batch, …]` of so many pixels to probabilities `[batch, classes]`.
  package func callAsFunction(_ images: Tensor<Float>) -> Tensor<Float> {
    let x = images.reshaped([-1, weight.shape[0]])  // [batch, inputs]
    return softmax(x.matmul(weight.value) + bias.value)
  }
}

/// One pass over the examples: predict, compare, send gradients back, update (book 3.6, `train_epoch_ch3`).
///
/// - Parameters:
///   - loss: one number for each example.
///   - update: changes the parameters by their gradients, which are sums over a batch of the given size.
/// - Returns: mean loss and accuracy over the batches as they were met.
package func trainEpoch(
  _ net: some Layer, on batches: BatchIterator<ImageDataset>,
  loss: (_ outputs: Tensor<Float>, _ labels: Tensor<Int64>) -> Tensor<Float>, update: (_ batchSize: Int) -> Void
) throws -> Tally {
  var tally = Tally()
  while let batch = try batches.next() {
    let outputs = net(batch.inputs)
    let sum = loss(outputs, batch.labels).sum()
    sum.backward()
    update(batch.count)
    tally += Tally(
      count: batch.count,
      sums: ["loss": Double(sum.item()), "accuracy": Double(correctCount(outputs, batch.labels))])
  }
  return tally
}

/// The share of right answers over all examples (book 3.6, `evaluate_accuracy`).
package func evaluateAccuracy(_ net: some Layer, on batches: BatchIterator<ImageDataset>) throws -> Tally {
  try withoutGradient {
    var tally = Tally()
    while let batch = try batches.next() {
      let correct = correctCount(net(batch.inputs), batch.labels)
      tally += Tally(count: batch.count, sums: ["accuracy": Double(correct)])
    }
    return tally
  }
}
