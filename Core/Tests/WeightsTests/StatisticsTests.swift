import D2LTensor
import D2LWeights
import Testing

@Suite struct StatisticsTests {
  @Test func numbersAreCountedAndSummedUp() {
    let values = TensorStatistics(Tensor<Float>([[1.5, -2, .nan], [.infinity, 0, 4]]).erased)
    #expect(values.count == 6 && values.nanCount == 1 && values.infiniteCount == 1)
    #expect(values.minimum == -2 && values.maximum == .infinity && values.mean == 0.875)
    let integers = TensorStatistics(Tensor<Int64>([-9_000_000_000, 1]).erased)
    #expect(integers.minimum == -9e9 && integers.maximum == 1 && integers.mean == -4_499_999_999.5)
    let flags = TensorStatistics(Tensor<Bool>([true, false, true, true]).erased)
    #expect(flags.minimum == 0 && flags.maximum == 1 && flags.mean == 0.75 && flags.nanCount == 0)
  }

  @Test func nothingHasNoNumbers() {
    let empty = TensorStatistics(Tensor<Double>(zeros: [0, 3]).erased)
    #expect(empty.count == 0 && empty.minimum == nil && empty.mean == nil)
    let nan = TensorStatistics(Tensor<Double>([.nan, .nan]).erased)
    #expect(nan.nanCount == 2 && nan.minimum == nil && nan.maximum == nil && nan.mean == nil)
    let infinite = TensorStatistics(Tensor<Float>([-.infinity]).erased)
    #expect(infinite.minimum == -.infinity && infinite.mean == nil)
  }

  @Test func numbersThatNoTensorHoldsAreCounted() throws {
    let scratch = try Scratch()
    let header =
      #"{"big":{"dtype":"U64","shape":[2],"data_offsets":[0,16]},"f":{"dtype":"F8_E5M2","shape":[1],"data_offsets":[16,17]}}"#
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    let numbers = [UInt8](repeating: 0xff, count: 8) + [3, 0, 0, 0, 0, 0, 0, 0] + [0]
    let file = try Weights.open(scratch.file("u.safetensors", length + Array(header.utf8) + numbers))
    let big = try #require(try TensorStatistics(file.entries[0], of: file))
    #expect(big.minimum == 3 && big.maximum == Double(UInt64.max))
    #expect(try TensorStatistics(file.entries[1], of: file) == nil)
  }

  /// A view counts what it shows, and a mean of many equal numbers is that number.
  @Test func viewsAndLongTensorsAreExact() {
    let transposed = Tensor<Float>([[1, 2, 3], [4, 5, 6]]).transposed(0, 1)
    #expect(TensorStatistics(transposed.erased).mean == 3.5)
    let long = TensorStatistics(Tensor<Float>(repeating: 0.1, shape: [1_000_003]).erased)
    #expect(long.mean.map { abs($0 - Double(Float(0.1))) < 1e-12 } == true)
  }
}
