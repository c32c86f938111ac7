import D2LTensor
import D2LTestSupport
import Testing

@Suite struct AutogradTests {
  @Test func gradientsOfNonScalarsAreWeighted() {
    let x = Tensor<Double>([1, 2, 3]).requiringGradient()
    (x * x).backward(gradient: Tensor([1, 10, 100]))
    #expect(x.gradient == Tensor([2, 40, 600]))
  }

  @Test func gradientsAccumulateUntilTheyAreZeroed() {
    let x = Tensor<Double>([1, 2]).requiringGradient()
    (x * 3).sum().backward()
    (x * x).sum().backward()
    #expect(x.gradient == Tensor([5, 7]))
    x.zeroGradient()
    #expect(x.gradient == nil)
    (x * 4).sum().backward()
    #expect(x.gradient == Tensor([4, 4]))
  }

  @Test func anInputUsedManyTimesGathersAllShares() {
    let x = Tensor<Double>([3]).requiringGradient()
    let y = x * x + x * 2 + x
    (y * y).sum().backward()
    // d/dx (x² + 3x)² = 2 (x² + 3x)(2x + 3)
    #expect(x.gradient == Tensor([324]))
  }

  /// Both inputs of a sum are sent the same gradient: adding to one in place must not reach the other.
  @Test func sharedGradientsDoNotMix() {
    let x = Tensor<Double>([1, 1]).requiringGradient()
    let y = Tensor<Double>([1, 1]).requiringGradient()
    ((x + y) + x * 5).sum().backward()
    #expect(x.gradient == Tensor([6, 6]))
    #expect(y.gradient == Tensor([1, 1]))
    ((x + y) + x[0] * 7).sum().backward()
    #expect(x.gradient == Tensor([21, 7]))
    #expect(y.gradient == Tensor([2, 2]))
  }

  @Test func aGradientThatIsReadIsNotChangedLater() {
    let x = Tensor<Double>([1, 2]).requiringGradient()
    (x * 2).sum().backward()
    let seen = x.gradient
    (x * 2).sum().backward()
    #expect(seen == Tensor([2, 2]))
    #expect(x.gradient == Tensor([4, 4]))
  }

  @Test func detachedAndWithoutGradientCutTheGraph() {
    let x = Tensor<Double>([2]).requiringGradient()
    let y = x * x
    #expect(!y.detached().requiresGradient)
    let z = withoutGradient { x * x }
    #expect(!z.requiresGradient)
    (y.detached() * x).sum().backward()
    #expect(x.gradient == Tensor([4]))
    #expect(withoutGradient { withoutGradient { x * 1 }.requiresGradient } == false)
    #expect((x * 1).requiresGradient)
  }

  @Test func recordingComesBackAfterAThrow() {
    struct Stop: Error {}
    let x = Tensor<Double>([2]).requiringGradient()
    #expect(throws: Stop.self) { try withoutGradient { throw Stop() } }
    #expect((x * 2).requiresGradient)
  }

  @Test func gradientsOfInputsLeaveLeavesAlone() {
    let x = Tensor<Double>([1, 2]).requiringGradient()
    let w = Tensor<Double>([3, 4]).requiringGradient()
    (w * 10).sum().backward()
    let hidden = x * w
    let found = gradients(of: (hidden * hidden).sum(), withRespectTo: [hidden, x])
    #expect(found[0] == Tensor([6, 16]))
    #expect(found[1] == Tensor([18, 64]))
    #expect(w.gradient == Tensor([10, 10]))
    #expect(x.gradient == nil)
  }

  @Test func anInputThatDoesNotMatterHasAZeroGradient() {
    let x = Tensor<Double>([1, 2]).requiringGradient()
    let y = Tensor<Double>([1, 2, 3]).requiringGradient()
    let found = gradients(of: x.sum(), withRespectTo: [x, y])
    #expect(found[1] == Tensor([0, 0, 0]))
  }

  @Test func aGraphCanBeKeptForAnotherPass() {
    let x = Tensor<Double>([2]).requiringGradient()
    let y = (x * x * x).sum()
    y.backward(retainingGraph: true)
    y.backward()
    #expect(x.gradient == Tensor([24]))
  }

  @Test func aReleasedGraphIsNamed() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor<Float>([1, 2]).requiringGradient()
      let y = sigmoid(x)
      y.sum().backward()
      (y * 2).sum().backward()
    }
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("the graph of sigmoid was released by an earlier backward pass"))
    #expect(text.contains("retainingGraph: true"))
  }

  @Test func aSecondDerivativeThatIsMissingSaysSo() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor<Float>(ones: [4, 4]).requiringGradient()
      let y = x.product(axis: 1).sum()
      _ = gradients(of: y, withRespectTo: [x], createGraph: true)
    }
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("product: has no second derivative here"))
  }

  @Test func somethingThatWasNotRecordedSaysSo() async {
    let crash = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Tensor<Float>([1, 2]).sum().backward()
    }
    let text = String(decoding: crash?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("backward: the array [] came from no recorded operation"))
  }

  /// PyTorch refuses a backward pass when a saved tensor was changed in place. Here a saved array cannot be changed: whoever writes gets a
  /// copy.
  @Test func savedArraysDoNotChangeWithTheirVariables() {
    var x = Tensor<Double>([1, 2, 3])
    let w = Tensor<Double>([4, 5, 6]).requiringGradient()
    let y = (w * x).sum()
    x[0] = Tensor(100)
    x += Tensor([1, 1, 1])
    x.withUnsafeMutableBufferPointer { $0[1] = -7 }
    y.backward()
    #expect(w.gradient == Tensor([1, 2, 3]))

    var z = Tensor<Double>([1, 2]).requiringGradient()
    let leaf = z
    let square = z * z
    z += Tensor([1, 1])  // recorded: z is x + 1 from here on
    (square.sum() + (z * z).sum()).backward()
    #expect(leaf.gradient == Tensor([6, 10]))
  }

  /// The book's own optimizer step on plain tensors.
  @Test func aLeafSteppedInPlaceStaysALeaf() {
    var w = Tensor<Double>([1, 2]).requiringGradient()
    for _ in 0..<3 {
      (w * w).sum().backward()
      guard let gradient = w.gradient else {
        Issue.record("no gradient")
        return
      }
      withoutGradient { w -= 0.25 * gradient }
      w.zeroGradient()
    }
    #expect(w.requiresGradient)
    #expect(w == Tensor([0.125, 0.25]))
  }

  @Test func aResultChangedByHandIsNoLongerTheResult() {
    let x = Tensor<Double>([1, 2]).requiringGradient()
    var y = x * 2
    withoutGradient { y += 1 }
    #expect(!y.requiresGradient)
  }

  @Test func inPlaceArithmeticIsRecorded() {
    let x = Tensor<Double>([1, 2]).requiringGradient()
    var y = x * 1
    y *= x
    y += x[0]
    y -= 3
    y /= Tensor(2)
    y.sum().backward()
    #expect(x.gradient == Tensor([2, 2]))
  }

  @Test func conversionsKeepTheGraphTwice() {
    let x = Tensor<Double>([1, 2]).requiringGradient()
    let y = x.converted(to: Float.self)
    let cube = (y * y * y).converted(to: Double.self).sum()
    let first = gradients(of: cube, withRespectTo: [x], createGraph: true)[0]
    let second = gradients(of: first.sum(), withRespectTo: [x])[0]
    #expect(second.isClose(to: Tensor([6, 12])))
  }

  /// A convolution and its gradients are one another's derivatives, to any order: the third derivative of Σ (x * w)³ along fixed directions.
  @Test func thirdDerivativeOfAConvolution() {
    let x = Formula.uniform([1, 2, 4, 3], 1, as: Double.self)
    let w = Formula.uniform([2, 2, 2, 2], 2, as: Double.self)
    let geometry = ConvolutionGeometry(stride: (2, 1), padding: (1, 0))
    /// The second derivative along directions in x and w, as a function of the two.
    func second(_ x: Tensor<Double>, _ w: Tensor<Double>, createGraph: Bool) -> Tensor<Double> {
      let y = conv2d(x, weight: w, geometry: geometry)
      let first = gradients(of: (y * y * y).sum(), withRespectTo: [x, w], createGraph: true)
      let along = (first[0] * Formula.uniform(x.shape, 3)).sum() + (first[1] * Formula.uniform(w.shape, 4)).sum()
      let next = gradients(of: along, withRespectTo: [x, w], createGraph: createGraph)
      return (next[0] * Formula.uniform(x.shape, 5)).sum() + (next[1] * Formula.uniform(w.shape, 6)).sum()
    }
    let leaves = [x.requiringGradient(), w.requiringGradient()]
    let third = gradients(of: second(leaves[0], leaves[1], createGraph: true), withRespectTo: leaves)
    for (number, input) in [x, w].enumerated() {
      let numeric = input.values.indices.map { index -> Double in
        func shifted(_ step: Double) -> Double {
          var values = input.values
          values[index] += step
          let moved = Tensor(shape: input.shape, values: values).requiringGradient()
          return
            (number == 0 ? second(moved, leaves[1], createGraph: false) : second(leaves[0], moved, createGraph: false))
            .item()
        }
        return (shifted(1e-4) - shifted(-1e-4)) / 2e-4
      }
      #expect(
        mismatch(third[number], Tensor(shape: input.shape, values: numeric), relative: 1e-5, absolute: 1e-5) == nil)
    }
  }

  @Test func thirdDerivative() {
    let x = Tensor<Double>([0.5, 1]).requiringGradient()
    let first = gradients(of: sin(x).sum(), withRespectTo: [x], createGraph: true)[0]
    let second = gradients(of: first.sum(), withRespectTo: [x], createGraph: true)[0]
    let third = gradients(of: second.sum(), withRespectTo: [x])[0]
    #expect(third.isClose(to: -cos(x.detached()), relative: 1e-12))
  }

  @Test func gradientsAtTheAwkwardPoints() {
    func slope(_ x: Double, _ f: (Tensor<Double>) -> Tensor<Double>) -> Double {
      let leaf = Tensor<Double>([x]).requiringGradient()
      f(leaf).sum().backward()
      return leaf.gradient?.values[0] ?? 0
    }
    // PyTorch's choices.
    #expect(slope(0) { relu($0) } == 0)
    #expect(slope(0) { abs($0) } == 0)
    #expect(slope(0) { pow($0, 0) } == 0)
    #expect(slope(0) { pow($0, Tensor([0])) } == 0)
    #expect(slope(0) { $0.norm() } == 0)
    #expect(slope(0) { $0.norm(3) } == 0)
    #expect(slope(1) { maximum($0, Tensor([1])) } == 0.5)
    #expect(slope(1) { $0.clipped(from: 0, to: 1) } == 1)
    let x = Tensor<Double>([3, 1, 3]).requiringGradient()
    x.max().backward()
    #expect(x.gradient == Tensor([0.5, 0, 0.5]))
    let zeros = Tensor<Double>([2, 0, 3, 0]).requiringGradient()
    zeros[0..<3].product().backward()
    #expect(zeros.gradient == Tensor([0, 6, 0, 0]))
    let two = Tensor<Double>([2, 0, 0]).requiringGradient()
    two.product().backward()
    #expect(two.gradient == Tensor([0, 0, 0]))
  }
}

/// Long and large graphs.
@Suite(.serialized) struct TapeTests {
  @Test func aHundredThousandSteps() {
    let x = Tensor<Double>([1]).requiringGradient()
    var y = x
    for _ in 0..<100_000 { y = y * 1.00001 }
    y.sum().backward()
    #expect(y.isClose(to: Tensor([2.718268])))
    #expect(x.gradient?.isClose(to: Tensor([2.718268])) == true)
  }

  @Test func aMillionAdditionsDieGently() {
    let x = Tensor<Float>([1]).requiringGradient()
    var y = x
    for _ in 0..<1_000_000 { y = y + x }
    #expect(y.item() == 1_000_001)
    y = x  // frees a chain of a million operations that no backward pass has taken apart
    #expect(x.gradient == nil)
  }

  /// Operations with four inputs and more keep them in a list.
  @Test func longChainsOfManyInputsDieGently() {
    let x = Tensor<Float>([1]).requiringGradient()
    var y = x
    for _ in 0..<50_000 { y = Tensor(concatenating: [x, x, x, y])[3..<4] }
    y = x
    #expect(y.item() == 1)
  }

  /// A pass gives back what was saved as it goes: at most a few arrays more than the graph held before.
  @Test func memoryIsReleasedOnTheWay() {
    let size = 1 << 18  // 1 MiB of Float
    let x = Tensor<Float>(ones: [size]).requiringGradient()
    var y = x
    for _ in 0..<32 { y = y * y }
    let loss = y.sum()
    let before = Engine.memory.inUse
    loss.backward()
    let after = Engine.memory.inUse
    // 31 intermediate results are held by the graph alone; the gradient of x is new.
    #expect(before - after >= 29 * 4 * size, "\(before) bytes before, \(after) after")
    #expect(x.gradient?.values.first == Float(UInt64(1) << 32))
  }

  /// The gradient of many slices is one array, filled piece by piece.
  @Test func slicesShareOneGradient() {
    let steps = 2000
    let x = Tensor<Float>(ones: [steps, 256]).requiringGradient()
    var sum = Tensor<Float>(zeros: [256])
    for step in 0..<steps { sum = sum + x[step] * Float(step) }
    sum.sum().backward()
    let expected = Tensor<Float>(arange: steps).reshaped([steps, 1]).expanded(to: [steps, 256])
    #expect(x.gradient == expected)
  }
}
