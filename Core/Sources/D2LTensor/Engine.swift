import CD2LKernels

/// The machinery under all tensors: threads, processor, BLAS, memory.
public enum Engine {
  /// How many threads operations use, the calling one included. Results do not depend on it.
  public static var threads: Int {
    get { Int(d2l_threads()) }
    set {
      require(1...256 ~= newValue, "Engine.threads", "\(newValue) threads")
      d2l_set_threads(Int32(newValue))
    }
  }

  /// What the processor offers ("avx2 fma avx512f …").
  public static var processorFeatures: String { String(cString: d2l_cpu_features()) }
  /// The level that kernels run at: avx512, avx2, baseline or neon.
  public static var processorLevel: String { String(cString: d2l_cpu_level()) }

  /// What OpenBLAS is and which of its kernels are in use.
  public struct BLASDescription: Sendable, Hashable {
    /// OpenBLAS's own words about itself.
    public let version: String
    /// The kernels that it had chosen.
    public let coreBefore: String
    /// The kernels in use: others where the processor is newer than the library (see the design notes).
    public let coreAfter: String
  }

  /// What OpenBLAS is and which of its kernels are in use.
  public static var blas: BLASDescription {
    let description = d2l_blas()
    func text(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "unknown" }
    return BLASDescription(
      version: text(description.version), coreBefore: text(description.core_before),
      coreAfter: text(description.core_after))
  }

  /// Bytes of arrays: in use now, kept for reuse, and the most ever in use.
  public static var memory: (inUse: Int, cached: Int, peak: Int) {
    let statistics = d2l_memory()
    return (Int(statistics.in_use), Int(statistics.cached), Int(statistics.peak))
  }

  /// Gives the memory that is kept for reuse back to the system.
  public static func emptyCache() { d2l_empty_cache() }
}
