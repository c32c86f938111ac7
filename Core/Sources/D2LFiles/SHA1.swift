/// The SHA-1 digest (FIPS 180-4), fed piece by piece.
///
/// It tells damaged from sound files by sums published long ago; against forgery use ``SHA256``.
public struct SHA1: Checksum {
  private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0
  )
  private var blocks = BlockBuffer()

  /// The digest of nothing yet.
  public init() {}

  /// Name of the algorithm.
  public static let name = "SHA-1"

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var state = state
    blocks.update(bytes) { Self.compress(&state, $0) }
    self.state = state
  }

  /// The digest of all bytes so far, 20 bytes; more may be added afterwards.
  public var digest: [UInt8] {
    var state = state
    blocks.finish { Self.compress(&state, $0) }
    return bigEndianBytes([state.0, state.1, state.2, state.3, state.4])
  }

  private static func compress(
    _ state: inout (UInt32, UInt32, UInt32, UInt32, UInt32), _ input: UnsafeRawBufferPointer
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { w in
      for start in stride(from: 0, to: input.count, by: 64) {
        for t in 0..<16 {
          w[t] = UInt32(bigEndian: input.loadUnaligned(fromByteOffset: start &+ t &* 4, as: UInt32.self))
        }
        for t in 16..<80 { w[t] = rotated(w[t &- 3] ^ w[t &- 8] ^ w[t &- 14] ^ w[t &- 16], 1) }
        var (a, b, c, d, e) = state
        @inline(__always) func step(_ f: UInt32, _ constant: UInt32, _ t: Int) {
          let next = rotated(a, 5) &+ f &+ e &+ constant &+ w[t]
          e = d
          d = c
          c = rotated(b, 30)
          b = a
          a = next
        }
        for t in 0..<20 { step(d ^ (b & (c ^ d)), 0x5a82_7999, t) }
        for t in 20..<40 { step(b ^ c ^ d, 0x6ed9_eba1, t) }
        for t in 40..<60 { step((b & c) | (d & (b | c)), 0x8f1b_bcdc, t) }
        for t in 60..<80 { step(b ^ c ^ d, 0xca62_c1d6, t) }
        state.0 &+= a
        state.1 &+= b
        state.2 &+= c
        state.3 &+= d
        state.4 &+= e
      }
    }
  }
}
