import D2LLayers
import D2LOptim
import D2LTensor
import D2LTestSupport
import Testing

/// Embeddings whose gradients are of the rows that were read alone.
@Suite struct SparseGradientTests {
  static let optimizers: [(name: String, make: @Sendable ([Parameter]) -> Optimizer)] = [
    ("sparse_sgd", { SGD($0, learningRate: 0.1) }), ("sparse_adagrad", { AdaGrad($0, learningRate: 0.1) }),
    ("sparse_adam", { Adam($0, learningRate: 0.05, betas: (0.8, 0.9)) }),
  ]

  /// One step's loss on a table of 7 rows, as Tools/Parity/optim.py has it.
  private func backward(_ table: Embedding, step t: Int) {
    let ids = Formula.integers([4], 300 + t, in: 0..<7)
    (square(table(ids)) * Formula.uniform([4, 3], 400 + t)).sum().backward()
  }

  @Test(arguments: [0, 1, 2]) func twentyStepsAgreeWithPyTorch(_ number: Int) throws {
    let (name, make) = SparseGradientTests.optimizers[number]
    let golden = try #require(try Golden("optim").entry(name) as? [String: Any])
    let table = Embedding(weight: Parameter(Formula.uniform([7, 3], 1)), sparse: true)
    let optimizer = make([table.weight])
    var compared = 0
    for t in 1...20 {
      optimizer.zeroGradients()
      backward(table, step: t)
      let before = TensorStatistics.copiesOnWrite
      optimizer.step()
      #expect(TensorStatistics.copiesOnWrite == before)
      guard let expected = golden[String(t)] as? [Any] else { continue }
      compared += 1
      #expect(mismatch(table.weight.value, try Golden.array(expected[0], name)) == nil, "after step \(t)")
    }
    #expect(compared == 4)
  }

  @Test func theGradientIsThatOfADenseTable() throws {
    let dense = Embedding(weight: Parameter(Formula.uniform([7, 3], 1)), padding: 2)
    let sparse = Embedding(weight: Parameter(Formula.uniform([7, 3], 1)), padding: 2, sparse: true)
    for table in [dense, sparse] {
      for t in 1...3 { backward(table, step: t) }
    }
    #expect(dense.weight.sparseGradient == nil)
    let gradient = try #require(sparse.weight.sparseGradient)
    let read = Set((1...3).flatMap { Formula.integers([4], 300 + $0, in: 0..<7).values }).subtracting([2])
    #expect(gradient.rows.values == read.sorted())
    #expect(read.count < 7, "or the test shows nothing")
    #expect(gradient.values.shape == [read.count, 3])
    let whole = try #require(sparse.weight.gradient)
    #expect(mismatch(whole, try #require(dense.weight.gradient)) == nil)
  }

  @Test func rowsThatWereNotReadStay() {
    let table = Embedding(weight: Parameter(Formula.uniform([5, 2], 1)), sparse: true)
    let before = table.weight.value.detached()
    let optimizer = AdamW([table.weight], weightDecay: 0.5)
    for ids in [[3, 3, 0], [3]] as [[Int64]] {
      optimizer.zeroGradients()
      table(Tensor(ids)).sum().backward()
      optimizer.step()
    }
    for row in 0..<5 { #expect((table.weight.value[row] == before[row]) == [1, 2, 4].contains(row), "row \(row)") }
  }

  /// A table that is also a layer's weight gathers a whole gradient beside the rows.
  @Test func tiedTablesGatherBoth() throws {
    func gradient(sparse: Bool) throws -> Tensor<Float> {
      let table = Embedding(weight: Parameter(Formula.uniform([5, 2], 1)), sparse: sparse)
      let output = Linear(weight: table.weight, bias: nil)
      output(table(Tensor([4, 1, 4]))).sum().backward()
      #expect(table.weight.sparseGradient == nil)
      return try #require(table.weight.gradient)
    }
    #expect(mismatch(try gradient(sparse: true), try gradient(sparse: false)) == nil)
  }

  @Test func clippingAndScalingKeepTheRows() throws {
    func table() -> Embedding {
      let table = Embedding(weight: Parameter(Formula.uniform([6, 2], 1)), sparse: true)
      (table(Tensor([5, 2, 5])) * 3).sum().backward()
      return table
    }
    let clipped = table()
    #expect(abs(clipGradients(of: [clipped.weight], toNorm: 1) - 90.0.squareRoot()) < 1e-5)
    #expect(abs(gradientNorm(of: [clipped.weight]) - 1) < 1e-5)
    #expect(try #require(clipped.weight.sparseGradient).rows.values == [2, 5])
    let limited = table()
    clipGradients(of: [limited.weight], toValue: 4)
    #expect(limited.weight.sparseGradient?.values == Tensor([[3, 3], [4, 4]]))
    let scaled = table()
    scaled.weight.scaleGradient(by: 0.5)
    #expect(scaled.weight.sparseGradient?.values == Tensor([[1.5, 1.5], [3, 3]]))
    scaled.weight.updateGradient { gradient, count in
      #expect(count == 12)
      gradient[0] = 7
    }
    #expect(scaled.weight.sparseGradient == nil && scaled.weight.gradient?[0] == Tensor([7, 0]))
  }

  /// An optimizer that needs all numbers at once is given a whole gradient.
  @Test func othersSeeAWholeGradient() {
    func end(sparse: Bool) -> Tensor<Float> {
      let table = Embedding(weight: Parameter(Formula.uniform([7, 3], 1)), sparse: sparse)
      let optimizer = ASGD([table.weight], averagingStart: 1)
      for t in 1...4 {
        optimizer.zeroGradients()
        backward(table, step: t)
        optimizer.step()
      }
      return optimizer.average(of: table.weight)
    }
    #expect(mismatch(end(sparse: true), end(sparse: false)) == nil)
  }

  @Test func gradientsOfATableLeaveWhatItGathered() throws {
    let table = Embedding(weight: Parameter(Formula.uniform([4, 2], 1)), sparse: true)
    table(Tensor([1])).sum().backward()
    let found = gradients(of: table(Tensor([2, 2])), withRespectTo: [table.weight.value])[0]
    #expect(found == Tensor([[0, 0], [0, 0], [2, 2], [0, 0]]))
    #expect(try #require(table.weight.sparseGradient).rows.values == [1])
    table.weight.zeroGradient()
    #expect(table.weight.gradient == nil)
  }
}
