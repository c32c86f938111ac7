import CD2LKernels
import Testing

/// A product to check: C = alpha op(A) op(B) + beta C, with leading dimensions longer than the rows.
private struct Product {
  var transposeA = false, transposeB = false
  var m: Int, n: Int, k: Int
  var alpha = 1.0, beta = 0.0
  var slack = 3

  var lda: Int { (transposeA ? m : k) + slack }
  var ldb: Int { (transposeB ? k : n) + slack }
  var ldc: Int { n + slack }
  var sizeA: Int { (transposeA ? k : m) * lda }
  var sizeB: Int { (transposeB ? n : k) * ldb }

  /// What C holds afterwards, the gaps between its rows untouched.
  func reference(_ a: [Double], _ b: [Double], _ c: [Double]) -> [Double] {
    var result = c
    for i in 0..<m {
      for j in 0..<n {
        var sum = 0.0
        for p in 0..<k {
          sum += a[transposeA ? p * lda + i : i * lda + p] * b[transposeB ? j * ldb + p : p * ldb + j]
        }
        result[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j])
      }
    }
    return result
  }

  func run<T: RealKernelScalar>(_ a: [T], _ b: [T], _ c: [T]) -> [T] {
    filled(c.count) { target in
      target.update(from: c, count: c.count)
      d2l_gemm(
        T.type, transposeA, transposeB, Int64(m), Int64(n), Int64(k), alpha, a, Int64(lda), b, Int64(ldb), beta, target,
        Int64(ldc))
    }
  }

  func check<T: RealKernelScalar>(_ type: T.Type, _ generator: inout TestGenerator) {
    let a: [T] = generator.numbers(sizeA), b: [T] = generator.numbers(sizeB)
    var c: [T] = generator.numbers(m * ldc)
    if beta == 0 { for i in 0..<m { for j in 0..<n { c[i * ldc + j] = .nan } } }  // must not matter
    // Long sums of either sign grow and err with the root of their length, and one of them may come out near zero.
    let tolerance = T.sumTolerance * max(1, Double(k).squareRoot() / 10)
    let problem = gap(run(a, b, c), reference(doubles(a), doubles(b), doubles(c)), within: tolerance)
    #expect(problem == nil, "\(T.self) \(self)")
  }
}

@Suite(.serialized) struct MatrixKernelTests {
  @Test(arguments: 0..<60) func randomProducts(seed: Int) {
    var generator = TestGenerator(seed)
    let side = { (generator: inout TestGenerator) in Int.random(in: 1...(seed % 3 == 0 ? 9 : 90), using: &generator) }
    for transposed in 0..<4 {
      let product = Product(
        transposeA: transposed & 1 != 0, transposeB: transposed & 2 != 0, m: side(&generator), n: side(&generator),
        k: side(&generator), alpha: seed % 2 == 0 ? 1 : -0.7, beta: [0, 1, 0.3][seed % 3], slack: seed % 4)
      product.check(Float.self, &generator)
      product.check(Double.self, &generator)
    }
  }

  /// Few columns, as a classifier's last layer has them: every width of a tile, rows and depths that leave a rest.
  @Test func fewColumns() {
    var generator = TestGenerator(11)
    for n in 2...25 {
      for (m, k) in [(4, 64), (9, 131), (67, 784), (3000, 70)] {
        var product = Product(m: m, n: n, k: k, alpha: n % 2 == 0 ? 1 : -0.4, beta: [0, 1, 0.3][n % 3], slack: n % 4)
        product.transposeB = true
        product.check(Float.self, &generator)
        product.check(Double.self, &generator)
      }
    }
  }

  @Test func oneRowOneColumnAndNothingToSum() {
    var generator = TestGenerator(7)
    for transposed in 0..<4 {
      for (m, n, k) in [(1, 300, 70), (300, 1, 70), (1, 1, 9000), (400, 300, 1), (5, 7, 0), (0, 4, 3), (4, 0, 3)] {
        for beta in [0, 0.5] {
          var product = Product(m: m, n: n, k: k, beta: beta)
          product.transposeA = transposed & 1 != 0
          product.transposeB = transposed & 2 != 0
          product.check(Float.self, &generator)
          product.check(Double.self, &generator)
        }
      }
    }
  }

  /// Large enough that the work is cut, in both directions.
  @Test(arguments: [(700, 130, 150), (130, 700, 150), (333, 345, 211)]) func cutsDoNotShow(m: Int, n: Int, k: Int) {
    var generator = TestGenerator(m)
    let product = Product(transposeB: true, m: m, n: n, k: k)
    let a: [Float] = generator.numbers(product.sizeA), b: [Float] = generator.numbers(product.sizeB)
    let c = [Float](repeating: 0, count: m * product.ldc)
    #expect(gap(product.run(a, b, c), product.reference(doubles(a), doubles(b), doubles(c))) == nil)
    #expect(sameForAllThreadCounts { product.run(a, b, c) })
  }

  private func checkBatch<T: RealKernelScalar>(_ type: T.Type, m: Int, n: Int, k: Int, batch: Int, shared: Bool) {
    var generator = TestGenerator(m * 31 + batch)
    let product = Product(transposeA: true, m: m, n: n, k: k, slack: 1)
    let a: [T] = generator.numbers(product.sizeA * batch),
      b: [T] = generator.numbers(product.sizeB * (shared ? 1 : batch))
    let size = m * product.ldc
    let run = {
      filled(size * batch, as: T.self) { c in
        c.update(repeating: 0, count: size * batch)
        d2l_gemm_batched(
          T.type, true, false, Int64(m), Int64(n), Int64(k), 1, a, Int64(product.lda), Int64(product.sizeA), b,
          Int64(product.ldb), shared ? 0 : Int64(product.sizeB), 0, c, Int64(product.ldc), Int64(size), Int64(batch))
      }
    }
    var expected: [Double] = []
    for i in 0..<batch {
      let ownB = shared ? b : Array(b[(i * product.sizeB)..<((i + 1) * product.sizeB)])
      expected += product.reference(
        doubles(Array(a[(i * product.sizeA)..<((i + 1) * product.sizeA)])), doubles(ownB),
        [Double](repeating: 0, count: size))
    }
    #expect(gap(run(), expected) == nil, "\(T.self) \(m)x\(n)x\(k), \(batch)")
    #expect(sameForAllThreadCounts(run))
  }

  @Test func batches() {
    for (m, n, k, batch) in [(3, 5, 4, 17), (40, 30, 50, 9), (1, 64, 64, 33), (150, 140, 130, 3), (4, 4, 4, 0)] {
      for shared in [false, true] {
        checkBatch(Float.self, m: m, n: n, k: k, batch: batch, shared: shared)
        checkBatch(Double.self, m: m, n: n, k: k, batch: batch, shared: shared)
      }
    }
  }

  private func checkLinear<T: RealKernelScalar>(_ type: T.Type, rows: Int, inputs: Int, outputs: Int) {
    var generator = TestGenerator(rows + inputs)
    let x: [T] = generator.numbers(rows * inputs), w: [T] = generator.numbers(outputs * inputs)
    let bias: [T] = generator.numbers(outputs)
    // As in `check`, unscaled by an activation.
    let tolerance = T.sumTolerance * max(1, Double(inputs).squareRoot() / 2)
    for activation in activations {
      for withBias in [false, true] {
        let y = filled(rows * outputs, as: T.self) { y in
          d2l_linear(T.type, x, w, withBias ? bias : nil, activation, y, Int64(rows), Int64(inputs), Int64(outputs))
        }
        var expected: [Double] = []
        for r in 0..<rows {
          for o in 0..<outputs {
            var sum = withBias ? bias[o].number : 0
            for i in 0..<inputs { sum += x[r * inputs + i].number * w[o * inputs + i].number }
            expected.append(activated(sum, activation))
          }
        }
        #expect(
          gap(y, expected, within: tolerance) == nil, "\(T.self) \(rows) \(inputs) \(outputs) \(activation)")
      }
    }
  }

  @Test func linearLayers() {
    for (rows, inputs, outputs) in [
      (1, 1, 1), (3, 5, 2), (65, 84, 10), (256, 400, 120), (300, 33, 257), (1, 700, 300), (4, 0, 3),
    ] {
      checkLinear(Float.self, rows: rows, inputs: inputs, outputs: outputs)
      checkLinear(Double.self, rows: rows, inputs: inputs, outputs: outputs)
    }
  }

  private func checkBias<T: RealKernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(5)
    for (rows, columns) in [(1, 1), (7, 33), (400, 130), (0, 4)] {
      let y: [T] = generator.numbers(rows * columns), bias: [T] = generator.numbers(columns)
      for activation in activations {
        for withBias in [false, true] {
          let run = {
            filled(y.count, as: T.self) { target in
              target.update(from: y, count: y.count)
              d2l_bias_activation(T.type, target, withBias ? bias : nil, activation, Int64(rows), Int64(columns))
            }
          }
          let expected = y.indices.map {
            activated((y[$0] + (withBias ? bias[$0 % columns] : 0)).number, activation)
          }
          #expect(gap(run(), expected, within: T.self == Float.self ? 1e-6 : 1e-14) == nil, "\(T.self) \(activation)")
          #expect(sameForAllThreadCounts(run))
        }
      }
    }
  }

  @Test func biasAndActivation() {
    checkBias(Float.self)
    checkBias(Double.self)
  }
}
