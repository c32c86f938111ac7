import D2LFiles
import D2LTensor

/// What the numbers of a tensor are like: enough to see that weights are weights.
public struct TensorStatistics: Sendable, Hashable {
  /// How many numbers there are, NaN among them.
  public private(set) var count = 0
  /// How many of them are NaN.
  public private(set) var nanCount = 0
  /// How many of them are infinite.
  public private(set) var infiniteCount = 0
  /// The least of those that are not NaN; nil if there are none.
  public private(set) var minimum: Double?
  /// The greatest of those that are not NaN; nil if there are none.
  public private(set) var maximum: Double?
  /// The mean of the finite ones; nil if there are none.
  public private(set) var mean: Double?

  private init() {}

  /// Looks at every number of `tensor`; true counts as 1.
  public init(_ tensor: AnyTensor) {
    tensor.withUnsafeBytes { bytes in
      switch tensor.dtype {
      case .float32: look(at: bytes.bindMemory(to: Float.self))
      case .float64: look(at: bytes.bindMemory(to: Double.self))
      case .int32: look(at: bytes.bindMemory(to: Int32.self)) { Double($0) }
      case .int64: look(at: bytes.bindMemory(to: Int64.self)) { Double($0) }
      case .uint8, .bool: look(at: bytes.bindMemory(to: UInt8.self)) { Double($0) }
      }
    }
  }

  /// Looks at every number of one tensor of a file; nil if its element type is not read.
  ///
  /// Throws if the file changed or is damaged.
  public init?(_ entry: WeightEntry, of file: any WeightFile) throws(FileError) {
    if entry.dtypeInFile.loaded == nil { return nil }
    guard entry.dtypeInFile == .uint64 else {
      self.init(try file.tensor(named: entry.name))
      return
    }
    // No tensor holds the upper half of these.
    self.init()
    try file.bytes(named: entry.name).withUnsafeBytes { look(at: $0.bindMemory(to: UInt64.self)) { Double($0) } }
  }

  private mutating func look<T: BinaryFloatingPoint>(at values: UnsafeBufferPointer<T>) {
    var (least, most) = (T.infinity, -T.infinity)
    // A sum for each block keeps the rounding of the mean small, however many numbers there are.
    var sum = 0.0
    var finite = 0
    for start in stride(from: 0, to: values.count, by: 4096) {
      var blockSum = 0.0
      for index in start..<min(start + 4096, values.count) {
        let value = values[index]
        if value.isFinite {
          blockSum += Double(value)
          finite += 1
        } else if value.isNaN {
          nanCount += 1
          continue
        } else {
          infiniteCount += 1
        }
        least = min(least, value)
        most = max(most, value)
      }
      sum += blockSum
    }
    count = values.count
    if nanCount < count { (minimum, maximum) = (Double(least), Double(most)) }
    if finite > 0 { mean = sum / Double(finite) }
  }

  private mutating func look<T: FixedWidthInteger>(at values: UnsafeBufferPointer<T>, _ double: (T) -> Double) {
    count = values.count
    guard let least = values.min(), let most = values.max() else { return }
    (minimum, maximum) = (double(least), double(most))
    mean = values.reduce(0) { $0 + double($1) } / Double(count)
  }
}
