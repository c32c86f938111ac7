import D2LTensor
import D2LTestSupport
import Testing

/// Indexing, broadcasting and reductions against a naive reference: a dictionary of positions, over shapes and indices by formula.
@Suite struct IndexingPropertyTests {
  /// An array as its shape and a function from positions to values.
  private struct Naive {
    var shape: [Int]
    var value: ([Int]) -> Float

    init(_ x: Tensor<Float>) {
      shape = Array(x.shape)
      let values = x.values
      let sizes = shape
      value = { index in values[zip(index, sizes).reduce(0) { $0 * $1.1 + $1.0 }] }
    }

    init(shape: [Int], value: @escaping ([Int]) -> Float) {
      self.shape = shape
      self.value = value
    }

    var positions: [[Int]] {
      shape.reduce([[]]) { found, size in found.flatMap { head in (0..<size).map { head + [$0] } } }
    }

    var tensor: Tensor<Float> { Tensor(shape: Shape(shape), values: positions.map(value)) }
  }

  private func generator(_ number: Int) -> RandomGenerator { RandomGenerator(seed: UInt64(1000 + number)) }

  private func randomShape(_ random: inout RandomGenerator, rank: ClosedRange<Int> = 1...4) -> [Int] {
    (0..<Int.random(in: rank, using: &random)).map { _ in Int.random(in: 0...4, using: &random) }
  }

  private func array(_ shape: [Int], _ stream: Int) -> Tensor<Float> { Formula.uniform(Shape(shape), stream) }

  /// A view of the same values in another layout: what follows must not depend on it.
  private func relaid(_ x: Tensor<Float>, _ random: inout RandomGenerator) -> Tensor<Float> {
    guard x.rank >= 2 else { return x.rank == 0 || Bool.random(using: &random) ? x : x[.every(-1)][.every(-1)] }
    let order = (0..<x.rank).shuffled(using: &random)
    let inverse = (0..<x.rank).map { axis in order.firstIndex(of: axis) ?? 0 }
    return x.permuted(order).contiguous().permuted(inverse)
  }

  @Test(arguments: 0..<150)
  func subscripts(_ number: Int) {
    var random = generator(number)
    let shape = randomShape(&random)
    var x = relaid(array(shape, number), &random)
    let naive = Naive(x)
    var indices: [any TensorIndex] = []
    /// For each index that takes a dimension of x: its positions, and whether the dimension stays.
    var picks: [(positions: [Int], stays: Bool)] = []
    var resultAxes: [Int?] = []  // which pick a dimension of the result comes from; nil: new
    for size in shape.prefix(Int.random(in: 0...shape.count, using: &random)) {
      if Int.random(in: 0..<6, using: &random) == 0 {
        indices.append(SpecialIndex.newAxis)
        resultAxes.append(nil)
      }
      switch Int.random(in: 0..<5, using: &random) {
      case 0 where size > 0:
        let place = Int.random(in: 0..<size, using: &random)
        indices.append(Bool.random(using: &random) ? place : place - size)
        picks.append(([place], false))
      case 1:
        let (a, b) = (Int.random(in: 0...size, using: &random), Int.random(in: 0...size, using: &random))
        indices.append(Swift.min(a, b)..<Swift.max(a, b))
        resultAxes.append(picks.count)
        picks.append((Array(Swift.min(a, b)..<Swift.max(a, b)), true))
      case 2:
        let step = Int.random(in: 1...3, using: &random)
        indices.append(SpecialIndex.every(step))
        resultAxes.append(picks.count)
        picks.append((Array(stride(from: 0, to: size, by: step)), true))
      case 3:
        let step = Int.random(in: 1...3, using: &random)
        indices.append(SpecialIndex.every(-step))
        resultAxes.append(picks.count)
        picks.append((Array(stride(from: size - 1, through: 0, by: -step)), true))
      default:
        indices.append(SpecialIndex.all)
        resultAxes.append(picks.count)
        picks.append((Array(0..<size), true))
      }
    }
    if Bool.random(using: &random) { indices.append(SpecialIndex.ellipsis) }
    for size in shape[picks.count...] {
      resultAxes.append(picks.count)
      picks.append((Array(0..<size), true))
    }
    func source(_ index: [Int]) -> [Int] {
      var place = picks.map { $0.positions.first ?? 0 }
      for (axis, pick) in resultAxes.enumerated() {
        if let pick { place[pick] = picks[pick].positions[index[axis]] }
      }
      return place
    }
    let resultShape = resultAxes.map { pick in pick.map { picks[$0].positions.count } ?? 1 }
    let expected = Naive(shape: resultShape) { naive.value(source($0)) }
    #expect(subscripted(x, indices) == expected.tensor)

    // Writing: what was picked holds the new values, all else is as it was.
    let before = x
    let value = array(resultShape, number + 500)
    assign(value, to: &x, indices)
    var written: [[Int]: Float] = [:]
    let new = Naive(value)
    for index in new.positions { written[source(index)] = new.value(index) }
    #expect(x == Naive(shape: shape) { written[$0] ?? naive.value($0) }.tensor)
    #expect(before == naive.tensor)
  }

  /// Variadic arguments cannot be passed on: a few arities.
  private func subscripted(_ x: Tensor<Float>, _ i: [any TensorIndex]) -> Tensor<Float> {
    switch i.count {
    case 0: x
    case 1: x[i[0]]
    case 2: x[i[0], i[1]]
    case 3: x[i[0], i[1], i[2]]
    case 4: x[i[0], i[1], i[2], i[3]]
    case 5: x[i[0], i[1], i[2], i[3], i[4]]
    case 6: x[i[0], i[1], i[2], i[3], i[4], i[5]]
    case 7: x[i[0], i[1], i[2], i[3], i[4], i[5], i[6]]
    case 8: x[i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]]
    default: x[i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7], i[8]]
    }
  }

  private func assign(_ value: Tensor<Float>, to x: inout Tensor<Float>, _ i: [any TensorIndex]) {
    switch i.count {
    case 0: x = value
    case 1: x[i[0]] = value
    case 2: x[i[0], i[1]] = value
    case 3: x[i[0], i[1], i[2]] = value
    case 4: x[i[0], i[1], i[2], i[3]] = value
    case 5: x[i[0], i[1], i[2], i[3], i[4]] = value
    case 6: x[i[0], i[1], i[2], i[3], i[4], i[5]] = value
    case 7: x[i[0], i[1], i[2], i[3], i[4], i[5], i[6]] = value
    case 8: x[i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]] = value
    default: x[i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7], i[8]] = value
    }
  }

  @Test(arguments: 0..<100)
  func broadcasting(_ number: Int) {
    var random = generator(number + 10_000)
    let full = randomShape(&random)
    func operand(_ stream: Int) -> Tensor<Float> {
      let own = full.dropFirst(Int.random(in: 0...full.count, using: &random))
        .map { Int.random(in: 0..<3, using: &random) == 0 ? 1 : $0 }
      return relaid(array(own, stream), &random)
    }
    let (x, y) = (operand(number), operand(number + 1000))
    let (a, b) = (Naive(x), Naive(y))
    let rank = Swift.max(a.shape.count, b.shape.count)
    func size(_ naive: Naive, _ axis: Int) -> Int {
      let own = axis - (rank - naive.shape.count)
      return own < 0 ? 1 : naive.shape[own]
    }
    let shape = (0..<rank).map { size(a, $0) == 1 ? size(b, $0) : size(a, $0) }
    func at(_ naive: Naive, _ index: [Int]) -> Float {
      naive.value(zip(index.suffix(naive.shape.count), naive.shape).map { $1 == 1 ? 0 : $0 })
    }
    let sum = Naive(shape: shape) { at(a, $0) + at(b, $0) }
    #expect(x + y == sum.tensor)
    let product = Naive(shape: shape) { at(a, $0) * at(b, $0) }
    #expect(x * y == product.tensor)
    #expect((x .< y) == Tensor<Bool>(shape: Shape(shape), values: sum.positions.map { at(a, $0) < at(b, $0) }))
    #expect(select(x .< y, x, y) == minimum(x, y))
    if x.shape == Shape(shape) {
      var own = x
      own -= y
      #expect(own == x - y)
      own = x
      own *= y
      #expect(own == product.tensor)
    }
  }

  @Test(arguments: 0..<60)
  func reductions(_ number: Int) {
    var random = generator(number + 20_000)
    let shape = (0..<Int.random(in: 1...4, using: &random)).map { _ in Int.random(in: 1...4, using: &random) }
    // Small whole numbers: sums are exact whatever their order.
    let x = relaid(
      Formula.integers(Shape(shape), number, in: -4..<5).converted(to: Float.self), &random)
    let naive = Naive(x)
    let axes = (0..<shape.count).filter { _ in Bool.random(using: &random) }
    let kept = (0..<shape.count).filter { !axes.contains($0) }
    var groups: [[Int]: [Float]] = [:]
    for index in naive.positions { groups[kept.map { index[$0] }, default: []].append(naive.value(index)) }
    let result = Shape(kept.map { shape[$0] })
    let order = Naive(shape: Array(result)) { _ in 0 }.positions
    func expected(_ body: ([Float]) -> Float) -> Tensor<Float> {
      Tensor(shape: result, values: order.map { body(groups[$0] ?? []) })
    }
    #expect(x.sum(axes: axes) == expected { $0.reduce(0, +) })
    #expect(x.mean(axes: axes).isClose(to: expected { $0.reduce(0, +) / Float($0.count) }))
    #expect(x.sum(axes: axes, keepingDimensions: true).reshaped(result) == expected { $0.reduce(0, +) })
    if axes.count == 1 {
      #expect(x.max(axis: axes[0]) == expected { $0.max() ?? 0 })
      #expect(x.min(axis: axes[0]) == expected { $0.min() ?? 0 })
      #expect(x.product(axis: axes[0]) == expected { $0.reduce(1, *) })
      let first = expected { line in Float(line.firstIndex(of: line.max() ?? 0) ?? 0) }
      #expect(x.argmax(axis: axes[0]).converted(to: Float.self) == first)
    }
  }

  @Test(arguments: 0..<40)
  func masksAndPositions(_ number: Int) {
    var random = generator(number + 30_000)
    let shape = randomShape(&random, rank: 2...3)
    let x = relaid(array(shape, number), &random)
    let flags = (0..<(shape[0] * shape[1])).map { _ in Bool.random(using: &random) }
    let mask = Tensor<Bool>(shape: [shape[0], shape[1]], values: flags)
    let width = shape.dropFirst(2).reduce(1, *)
    let rows = flags.indices.filter { flags[$0] }
    let picked = rows.flatMap { row in Array(x.values[(row * width)..<((row + 1) * width)]) }
    #expect(x[mask].values == picked)
    #expect(mask.countTrue().item() == Int64(rows.count))
    var changed = x
    changed[mask] = Tensor(7)
    #expect(
      changed == select(mask.reshaped(Shape([shape[0], shape[1]] + shape.dropFirst(2).map { _ in 1 })), Tensor(7), x))
    if shape[0] > 0 {
      let places = (0..<5).map { _ in Int64.random(in: -Int64(shape[0])..<Int64(shape[0]), using: &random) }
      let index = Tensor<Int64>(places)
      #expect(x[index] == Tensor(stacking: places.map { x[Int($0)] }))
    }
  }

  @Test func movingThereAndBack() {
    let x: Tensor<Float> = Formula.uniform([3, 4, 5], 1)
    #expect(x.permuted(2, 0, 1).permuted(1, 2, 0) == x)
    #expect(x.flipped(axis: 1).flipped(axis: 1) == x)
    #expect(x.rolled(by: 3, axis: 2).rolled(by: -3, axis: 2) == x)
    #expect(x.rolled(by: 7, axis: 1) == x.rolled(by: 3, axis: 1))
    #expect(Tensor(concatenating: x.split(size: 2, axis: 1), axis: 1) == x)
    #expect(Tensor(concatenating: x.chunked(3, axis: 2), axis: 2) == x)
    #expect(Tensor(stacking: (0..<4).map { x[.all, $0] }, axis: 1) == x)
    let sorted = x.sorted(axis: 1)
    #expect(x.gathering(sorted.indices, axis: 1) == sorted.values)
    #expect(Tensor<Float>(zeros: [3, 4, 5]).scattering(sorted.values, at: sorted.indices, axis: 1) == x)
    #expect(x.argsort(axis: 0, descending: true) == x.sorted(axis: 0, descending: true).indices)
    #expect(x.topK(2, axis: 2).values == x.sorted(axis: 2, descending: true).values[.all, .all, 0..<2])
    #expect(x.lowerTriangle(diagonal: -1) + x.upperTriangle() == x)
    #expect(
      x.padded([(0, 0), (1, 2), (0, 0)], mode: .circular)
        == Tensor(concatenating: [x[.all, 3...], x, x[.all, ..<2]], axis: 1))
  }
}
