import CD2LKernels
import Foundation
import Testing

@Suite struct IndexKernelTests {
  /// outer, rows, inner, how many indices.
  private let shapes = [
    (1, 5, 1, 7), (3, 4, 2, 9), (1, 1, 1, 1), (2, 10, 17, 33), (1, 100, 64, 3000), (1, 300, 150, 1000), (2, 7, 0, 3),
    (2, 7, 3, 0), (0, 7, 3, 4), (1, 1000, 1, 70_000), (5, 3, 130, 40), (1, 50, 20, 8000), (1, 3, 300, 600),
  ]

  private func checkTake<T: KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(15)
    for (outer, rows, inner, count) in shapes {
      let x: [T] = generator.numbers(outer * rows * inner, 0...100)
      let index = (0..<count).map { _ in Int64.random(in: 0..<Int64(rows), using: &generator) }
      let expected = (0..<outer * count * inner).map { i -> T in
        let (o, j, k) = (i / (count * inner), i / inner % count, i % inner)
        return x[(o * rows + Int(index[j])) * inner + k]
      }
      let actual: [T] = filled(expected.count) {
        d2l_take(T.type, x, index, $0, Int64(outer), Int64(rows), Int64(inner), Int64(count))
      }
      #expect(difference(actual, expected) == nil, "take \(outer) \(rows) \(inner) \(count)")
    }
  }

  @Test func taking() {
    checkTake(Float.self)
    checkTake(Double.self)
    checkTake(Int32.self)
    checkTake(Int64.self)
    checkTake(UInt8.self)
    checkTake(Flag.self)
  }

  /// `add` is the addition of the type; results must be the same bits, since the order is that of the indices.
  private func checkTakeAdd<T: KernelScalar>(_ type: T.Type, _ add: (T, T) -> T) {
    var generator = TestGenerator(16)
    for (outer, rows, inner, count) in shapes {
      let start: [T] = generator.numbers(outer * rows * inner, 0...100)
      let g: [T] = generator.numbers(outer * count * inner, 0...2)
      let index = (0..<count).map { _ in Int64.random(in: 0..<Int64(rows), using: &generator) }
      var expected = start
      for o in 0..<outer {
        for j in 0..<count {
          for k in 0..<inner {
            let place = (o * rows + Int(index[j])) * inner + k
            expected[place] = add(expected[place], g[(o * count + j) * inner + k])
          }
        }
      }
      var x = start
      d2l_take_add(T.type, g, index, &x, Int64(outer), Int64(rows), Int64(inner), Int64(count))
      #expect(difference(x, expected) == nil, "take_add of \(T.self) \(outer) \(rows) \(inner) \(count)")
    }
  }

  @Test func addingByIndex() {
    checkTakeAdd(Float.self, +)
    checkTakeAdd(Double.self, +)
    checkTakeAdd(Int32.self, &+)
    checkTakeAdd(Int64.self, &+)
    checkTakeAdd(UInt8.self, &+)
  }

  private func checkGather<T: KernelScalar>(_ type: T.Type) {
    var generator = TestGenerator(17)
    for (outer, rows, inner, count) in shapes {
      let x: [T] = generator.numbers(outer * rows * inner, 0...100)
      let index = (0..<outer * count * inner).map { _ in Int64.random(in: 0..<Int64(rows), using: &generator) }
      let expected = index.indices.map { i in x[(i / (count * inner) * rows + Int(index[i])) * inner + i % inner] }
      let actual: [T] = filled(expected.count) {
        d2l_gather(T.type, x, index, $0, Int64(outer), Int64(rows), Int64(inner), Int64(count))
      }
      #expect(difference(actual, expected) == nil, "gather \(outer) \(rows) \(inner) \(count)")
    }
  }

  @Test func gathering() {
    checkGather(Float.self)
    checkGather(Double.self)
    checkGather(Flag.self)
  }

  private func checkScatter<T: KernelScalar>(_ type: T.Type, _ add: (T, T) -> T) {
    var generator = TestGenerator(18)
    for (outer, rows, inner, count) in shapes {
      let start: [T] = generator.numbers(outer * rows * inner, 0...100)
      let g: [T] = generator.numbers(outer * count * inner, 0...2)
      let index = g.indices.map { _ in Int64.random(in: 0..<Int64(rows), using: &generator) }
      for adding in [false, true] {
        var expected = start
        for i in g.indices {
          let place = (i / (count * inner) * rows + Int(index[i])) * inner + i % inner
          expected[place] = adding ? add(expected[place], g[i]) : g[i]
        }
        var x = start
        d2l_scatter(T.type, g, index, &x, Int64(outer), Int64(rows), Int64(inner), Int64(count), adding)
        #expect(difference(x, expected) == nil, "scatter of \(T.self) \(outer) \(rows) \(inner) \(count) \(adding)")
      }
    }
  }

  @Test func scattering() {
    checkScatter(Float.self, +)
    checkScatter(Double.self, +)
    checkScatter(Int32.self, &+)
    checkScatter(Int64.self, &+)
    checkScatter(UInt8.self, &+)
  }

  /// Positions in the order wanted: stable, NaN last.
  private func order<T: KernelScalar>(_ row: [T], _ descending: Bool, _ before: (T, T) -> Bool) -> [Int] {
    row.indices.sorted { a, b in
      let (x, y) = (row[a], row[b])
      if x.number.isNaN || y.number.isNaN { return x.number.isNaN == y.number.isNaN ? a < b : y.number.isNaN }
      if before(x, y) { return !descending }
      if before(y, x) { return descending }
      return a < b
    }
  }

  private func checkSort<T: KernelScalar>(_ special: [T], _ before: (T, T) -> Bool) {
    var generator = TestGenerator(19)
    for (rows, count) in [(1, 0), (3, 1), (5, 2), (7, 31), (4, 33), (3, 100), (2, 1000), (1, 40_000), (300, 50)] {
      for round in 0..<3 {
        let range = T.type == D2L_UINT8 ? 0.0...255 : round == 0 ? -5.0...5 : -1e9...1e9
        var x: [T] = generator.numbers(rows * count, range)
        if round == 2 {
          for i in x.indices where Int.random(in: 0..<4, using: &generator) == 0 {
            x[i] = special[Int.random(in: special.indices, using: &generator)]
          }
        }
        for descending in [false, true] {
          let orders = (0..<rows).map { r in order(Array(x[r * count..<(r + 1) * count]), descending, before) }
          let expectedPositions = orders.flatMap { $0.map(Int64.init) }
          let expected = orders.enumerated().flatMap { r, order in order.map { x[r * count + $0] } }
          var positions: [Int64] = []
          let sorted: [T] = filled(x.count) { y in
            positions = filled(x.count) { d2l_sort(T.type, x, y, $0, Int64(rows), Int64(count), descending) }
          }
          #expect(difference(positions, expectedPositions) == nil, "\(T.self) \(rows) \(count) \(descending)")
          #expect(difference(sorted, expected) == nil)
          #expect(
            difference(
              filled(x.count) { d2l_sort(T.type, x, $0, nil, Int64(rows), Int64(count), descending) }, expected) == nil)
          for k in Set([0, 1, min(3, count), count / 2, count]) where k <= count {
            let expectedTop = orders.flatMap { $0.prefix(k).map(Int64.init) }
            let values = orders.enumerated().flatMap { r, order in order.prefix(k).map { x[r * count + $0] } }
            var positions: [Int64] = []
            let top: [T] = filled(rows * k) { y in
              positions = filled(rows * k) {
                d2l_top_k(T.type, x, y, $0, Int64(rows), Int64(count), Int64(k), descending)
              }
            }
            #expect(difference(positions, expectedTop) == nil, "top \(k) of \(T.self) \(rows) \(count) \(descending)")
            #expect(difference(top, values) == nil)
          }
        }
      }
    }
  }

  @Test func sortingFloats() { checkSort([.nan, -.nan, .infinity, -.infinity, 0, -0.0, 1, 1] as [Float], <) }
  @Test func sortingDoubles() { checkSort([.nan, -.nan, .infinity, -.infinity, 0, -0.0, 1, 1] as [Double], <) }
  @Test func sortingInt32() { checkSort([.min, .max, 0, -1] as [Int32], <) }
  @Test func sortingInt64() { checkSort([.min, .max, 0, -1] as [Int64], <) }
  @Test func sortingBytes() { checkSort([0, 255, 128, 127] as [UInt8], <) }

  @Test func ranges() {
    var generator = TestGenerator(20)
    for size in sizes {
      let index = (0..<size).map { _ in Int64.random(in: -1_000_000...1_000_000, using: &generator) }
      var smallest: Int64 = 7
      var largest: Int64 = 7
      d2l_index_range(index, Int64(size), &smallest, &largest)
      #expect(smallest == index.min() ?? 0 && largest == index.max() ?? -1)
    }
  }
}
