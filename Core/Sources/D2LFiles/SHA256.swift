/// The SHA-256 digest (FIPS 180-4), fed piece by piece.
///
/// ```swift
/// var digest = SHA256()
/// digest.update(header)
/// digest.update(payload)
/// print(digest.hex)
/// ```
public struct SHA256: Checksum {
  private var state: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
  )
  private var blocks = BlockBuffer()

  /// The digest of nothing yet.
  public init() {}

  /// Name of the algorithm.
  public static let name = "SHA-256"

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var state = state
    blocks.update(bytes) { Self.compress(&state, $0) }
    self.state = state
  }

  /// The digest of all bytes so far, 32 bytes; more may be added afterwards.
  public var digest: [UInt8] {
    var state = state
    blocks.finish { Self.compress(&state, $0) }
    return bigEndianBytes([state.0, state.1, state.2, state.3, state.4, state.5, state.6, state.7])
  }

  /// One round; the caller permutes the names of the variables instead of moving their values.
  @inline(__always)
  private static func round(
    _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32,
    _ addend: UInt32
  ) {
    let s1 = rotated(e, 26) ^ rotated(e, 21) ^ rotated(e, 7)
    let t1 = h &+ s1 &+ (g ^ (e & (f ^ g))) &+ addend
    let s0 = rotated(a, 30) ^ rotated(a, 19) ^ rotated(a, 10)
    d = d &+ t1
    h = t1 &+ s0 &+ ((a & b) | (c & (a | b)))
  }

  private static func compress(
    _ state: inout (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32), _ input: UnsafeRawBufferPointer
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      constants.withUnsafeBufferPointer { k in
        for start in stride(from: 0, to: input.count, by: 64) {
          for t in 0..<16 {
            w[t] = UInt32(bigEndian: input.loadUnaligned(fromByteOffset: start &+ t &* 4, as: UInt32.self))
          }
          for t in 16..<64 {
            let x = w[t &- 15]
            let y = w[t &- 2]
            let s0 = rotated(x, 25) ^ rotated(x, 14) ^ (x >> 3)
            let s1 = rotated(y, 15) ^ rotated(y, 13) ^ (y >> 10)
            w[t] = w[t &- 16] &+ s0 &+ w[t &- 7] &+ s1
          }
          var (a, b, c, d, e, f, g, h) = state
          var t = 0
          while t < 64 {
            round(a, b, c, &d, e, f, g, &h, w[t] &+ k[t])
            round(h, a, b, &c, d, e, f, &g, w[t &+ 1] &+ k[t &+ 1])
            round(g, h, a, &b, c, d, e, &f, w[t &+ 2] &+ k[t &+ 2])
            round(f, g, h, &a, b, c, d, &e, w[t &+ 3] &+ k[t &+ 3])
            round(e, f, g, &h, a, b, c, &d, w[t &+ 4] &+ k[t &+ 4])
            round(d, e, f, &g, h, a, b, &c, w[t &+ 5] &+ k[t &+ 5])
            round(c, d, e, &f, g, h, a, &b, w[t &+ 6] &+ k[t &+ 6])
            round(b, c, d, &e, f, g, h, &a, w[t &+ 7] &+ k[t &+ 7])
            t &+= 8
          }
          state.0 &+= a
          state.1 &+= b
          state.2 &+= c
          state.3 &+= d
          state.4 &+= e
          state.5 &+= f
          state.6 &+= g
          state.7 &+= h
        }
      }
    }
  }

  /// FIPS 180-4, section 4.2.2: the first bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
