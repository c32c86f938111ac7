import D2LTensor
import D2LTestSupport
import Testing

/// Making arrays, comparing them, and the operators that have no gradient.
@Suite struct ValueTests {
  @Test func creation() {
    #expect(Tensor<Float>([[1, 2], [3, 4]]).values == [1, 2, 3, 4])
    #expect(Tensor<Int32>([[[1], [2]], [[3], [4]]]).shape == [2, 2, 1])
    #expect(Tensor<Double>([[[[1, 2]]], [[[3, 4]]]]).shape == [2, 1, 1, 2])
    #expect(Tensor<Float>(5).shape == [])
    #expect(Tensor<Float>(shape: [2, 2], values: [1, 2, 3, 4]) == Tensor([[1, 2], [3, 4]]))
    #expect(Tensor<Bool>(repeating: true, shape: [3]).values == [true, true, true])
    #expect(Tensor<Int64>(zeros: [2]) == Tensor([0, 0]) && Tensor<UInt8>(ones: [2]) == Tensor([1, 1]))
    let x: Tensor<Float> = Formula.uniform([2, 3], 1)
    #expect(Tensor(zerosLike: x) == Tensor(zeros: [2, 3]) && Tensor(onesLike: x) == Tensor(ones: [2, 3]))
    #expect(Tensor<Float>(rangeFrom: 1, to: 2, by: 0.25) == Tensor([1, 1.25, 1.5, 1.75]))
    #expect(Tensor<Int32>(rangeFrom: 5, to: 0, by: -2) == Tensor([5, 3, 1]))
    #expect(Tensor<Float>(rangeFrom: 2, to: 1, by: 1).count == 0)
    #expect(Tensor<Int64>(arange: 3) == Tensor([0, 1, 2]))
    #expect(Tensor<Double>(linearSpaceFrom: -1, to: 1, count: 5) == Tensor([-1, -0.5, 0, 0.5, 1]))
    #expect(Tensor<Double>(linearSpaceFrom: 3, to: 4, count: 1) == Tensor([3]))
    #expect(Tensor<Float>(eye: 2, columns: 3) == Tensor([[1, 0, 0], [0, 1, 0]]))
    #expect(Tensor<Float>(oneHot: Tensor([2, 0]), classes: 3) == Tensor([[0, 0, 1], [1, 0, 0]]))
    let filled = Tensor<Int32>(shape: [4]) { buffer in
      for index in buffer.indices { buffer[index] = Int32(index * index) }
    }
    #expect(filled == Tensor([0, 1, 4, 9]))
    #expect(Tensor<Float>(exactly: x.erased) == x && Tensor<Double>(exactly: x.erased) == nil)
    #expect(Tensor<Double>(converting: x.erased) == x.converted(to: Double.self))
  }

  @Test func valuesComeOut() {
    let x = Tensor<Float>([[1, 2], [3, 4]])
    #expect(x.transposed().values == [1, 3, 2, 4])
    #expect(x.transposed().withUnsafeBufferPointer { Array($0) } == [1, 3, 2, 4])
    #expect(x[1, 0].item() == 3)
    var y = x.transposed()
    y.withUnsafeMutableBufferPointer { $0[1] = 9 }
    #expect(y == Tensor([[1, 9], [2, 4]]) && x == Tensor([[1, 2], [3, 4]]))
    #expect(!x.transposed().isContiguous && x.transposed().contiguous().isContiguous)
  }

  @Test func conversions() {
    let x = Tensor<Float>([-1.7, 0, 2.9, 300, .nan])
    #expect(x.converted(to: Int32.self) == Tensor([-1, 0, 2, 300, 0]))
    #expect(x.converted(to: UInt8.self) == Tensor([0, 0, 2, 255, 0]))
    #expect(x.converted(to: Bool.self) == Tensor([true, false, true, true, true]))
    #expect(Tensor<Bool>([true, false]).converted(to: Double.self) == Tensor([1, 0]))
  }

  @Test func comparisons() {
    let (x, y) = (Tensor<Int32>([1, 2, 3]), Tensor<Int32>([3, 2, 1]))
    #expect((x .== y) == Tensor([false, true, false]) && (x .!= y) == Tensor([true, false, true]))
    #expect((x .< y) == Tensor([true, false, false]) && (x .<= y) == Tensor([true, true, false]))
    #expect((x .> y) == Tensor([false, false, true]) && (x .>= y) == Tensor([false, true, true]))
    #expect((x .< 2) == Tensor([true, false, false]) && (x .>= 2) == Tensor([false, true, true]))
    #expect((x .== 2) == Tensor([false, true, false]) && (x .!= 2) == Tensor([true, false, true]))
    let nan = Tensor<Float>([.nan, 1])
    #expect(nan != nan && (nan .== nan) == Tensor([false, true]))
    #expect(x != Tensor<Int32>([1, 2]) && x == Tensor<Int32>([1, 2, 3]))
  }

  @Test func logic() {
    let (a, b) = (Tensor([true, true, false, false]), Tensor([true, false, true, false]))
    #expect((a .&& b) == Tensor([true, false, false, false]) && (a .|| b) == Tensor([true, true, true, false]))
    #expect(a.xor(b) == Tensor([false, true, true, false]) && !a == Tensor([false, false, true, true]))
    let m = Tensor<Bool>([[true, false], [true, true]])
    #expect(m.any().item() && !m.all().item() && m.countTrue().item() == 3)
    #expect(
      m.all(axis: 1) == Tensor([false, true]) && m.any(axis: 0, keepingDimensions: true) == Tensor([[true, true]]))
    #expect(m.countTrue(axis: 0) == Tensor([2, 1]) && m.positionsOfTrue() == Tensor([0, 2, 3]))
    let none = Tensor<Bool>(shape: [0], values: [])
    #expect(!none.any().item() && none.all().item())
    let odd = Tensor<Float>([1, .nan, .infinity])
    #expect(odd.isNaN() == Tensor([false, true, false]) && odd.isFinite() == Tensor([true, false, false]))
  }

  @Test func closeness() {
    let x = Tensor<Double>([1, 100, 0])
    #expect(x.isClose(to: x + 1e-9) && !x.isClose(to: x + 1e-3))
    #expect(x.isClose(to: x * 1.00001, relative: 1e-4) && !x.isClose(to: Tensor([1, 100])))
    let odd = Tensor<Double>([.infinity])
    #expect(odd.isClose(to: odd) && !Tensor<Double>([.nan]).isClose(to: Tensor([.nan])))
  }

  @Test func integers() {
    let (x, y) = (Tensor<Int64>([-7, 7, 9_007_199_254_740_993]), Tensor<Int64>([2, -2, 1]))
    #expect(x.remainder(dividingBy: y) == Tensor([1, -1, 0]))
    #expect(x.floorDivided(by: y) == Tensor([-4, -4, 9_007_199_254_740_993]))
    #expect(x + 1 == Tensor([-6, 8, 9_007_199_254_740_994]) && x * 1 == x && 0 - x == -x)
    #expect(abs(x) == Tensor([7, 7, 9_007_199_254_740_993]) && sign(x) == Tensor([-1, 1, 1]))
    #expect(maximum(x, y) == Tensor([2, 7, 9_007_199_254_740_993]))
    #expect(Tensor<UInt8>([200, 100]) + Tensor<UInt8>([100, 100]) == Tensor([44, 200]))
    #expect(Tensor<Int32>([3, 1, 2]).cumulativeProduct(axis: 0) == Tensor([3, 3, 6]))
    #expect(Tensor<Int32>([3, 1, 2]).sorted().values == Tensor([1, 2, 3]))
  }

  @Test func positionsOfExtremes() {
    let x = Tensor<Float>([[3, 1, 3], [0, 5, -2]])
    #expect(x.argmax() == 4 && x.argmin() == 5)
    #expect(x.argmax(axis: 1) == Tensor([0, 1]) && x.argmin(axis: 0, keepingDimensions: true) == Tensor([[1, 0, 1]]))
    #expect(x.argsort(descending: true) == Tensor([[0, 2, 1], [1, 0, 2]]))
    let nan = Tensor<Float>([2, .nan, 1])
    #expect(nan.argsort() == Tensor([2, 0, 1]) && nan.argmax() == 1 && nan.max().item().isNaN)
  }
}
