/// For each new pixel along an axis, the old pixels it is mixed from, with weights in units of 2^-22.
///
/// The arithmetic is that of Pillow's `Resample.c`, so that results agree to the bit: triangle or Keys' cubic
/// (a = -0.5), stretched by the factor of reduction when shrinking.
struct FilterTaps {
  /// First old pixel of each new one.
  private(set) var starts: [Int] = []
  /// Weights, `width` places for each new pixel; places that are not used are zero.
  private(set) var weights: [Int32] = []
  /// Used places of each new pixel.
  private(set) var counts: [Int] = []
  let width: Int

  static let precision = 22

  /// The old pixels that are looked at.
  var sources: Range<Int> {
    let ends = zip(starts, counts).map { $0 + $1 }
    return (starts.min() ?? 0)..<(ends.max() ?? 0)
  }

  /// Taps for the new pixels in `window`, of `target` in all.
  init(from source: Int, to target: Int, window: Range<Int>, _ interpolation: Interpolation) {
    let scale = Double(source) / Double(target)
    let stretch = max(scale, 1)
    let support = (interpolation == .bicubic ? 2 : 1) * stretch
    width = Int(support.rounded(.up)) * 2 + 1
    for index in window {
      let center = (Double(index) + 0.5) * scale
      let first = max(Int(center - support + 0.5), 0)
      let count = min(Int(center + support + 0.5), source) - first
      var exact = (0..<count).map { tap in
        let distance = (Double(tap + first) - center + 0.5) * (1 / stretch)
        return interpolation == .bicubic ? cubic(distance, a: -0.5) : triangle(distance)
      }
      let sum = exact.reduce(0, +)
      if sum != 0 { exact = exact.map { $0 / sum } }
      starts.append(first)
      counts.append(count)
      for weight in exact {
        let scaled = weight * Double(1 << Self.precision)
        weights.append(Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5))
      }
      for _ in count..<width { weights.append(0) }
    }
  }
}

extension FilterTaps {
  /// The same for a picture from which `count` pixels at the beginning were cut off.
  func shifted(by count: Int) -> FilterTaps {
    var result = self
    for index in result.starts.indices { result.starts[index] -= count }
    return result
  }
}

private func triangle(_ x: Double) -> Double { max(1 - abs(x), 0) }

private func cubic(_ x: Double, a: Double) -> Double {
  let x = abs(x)
  if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
  if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
  return 0
}

/// Half a unit for rounding, then the weighted sum, then clipped to 8 bits.
@inline(__always)
private func clipped(_ sum: Int32) -> UInt8 {
  UInt8(truncatingIfNeeded: min(max(sum >> FilterTaps.precision, 0), 255))
}

private let half = Int32(1) << (FilterTaps.precision - 1)

/// Mixes along each of `rows` rows of `length` pixels.
func filterRows(_ pixels: [UInt8], rows: Int, length: Int, channels: Int, _ taps: FilterTaps) -> [UInt8] {
  let target = taps.starts.count
  return [UInt8](unsafeUninitializedCapacity: rows * target * channels) { buffer, initialized in
    pixels.withUnsafeBufferPointer { pixels in
      taps.weights.withUnsafeBufferPointer { weights in
        var place = 0
        for row in 0..<rows {
          let base = row * length * channels
          for index in 0..<target {
            var source = base + taps.starts[index] * channels
            let first = index * taps.width
            let last = first + taps.counts[index]
            if channels == 3 {
              // One pass over the taps for all of RGB: by far the most common pictures.
              var (red, green, blue) = (half, half, half)
              for tap in first..<last {
                let weight = weights[tap]
                red &+= Int32(pixels[source]) &* weight
                green &+= Int32(pixels[source + 1]) &* weight
                blue &+= Int32(pixels[source + 2]) &* weight
                source += 3
              }
              buffer[place] = clipped(red)
              buffer[place + 1] = clipped(green)
              buffer[place + 2] = clipped(blue)
              place += 3
              continue
            }
            for channel in 0..<channels {
              var sum = half
              var sample = source + channel
              for tap in first..<last {
                sum &+= Int32(pixels[sample]) &* weights[tap]
                sample += channels
              }
              buffer[place] = clipped(sum)
              place += 1
            }
          }
        }
      }
    }
    initialized = rows * target * channels
  }
}

/// Mixes whole rows of `stride` samples.
func filterColumns(_ pixels: [UInt8], stride: Int, _ taps: FilterTaps) -> [UInt8] {
  let target = taps.starts.count
  return [UInt8](unsafeUninitializedCapacity: target * stride) { buffer, initialized in
    pixels.withUnsafeBufferPointer { pixels in
      // Row by row the inner loop is long and simple: the compiler makes vectors of it.
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: stride) { sums in
        for index in 0..<target {
          sums.update(repeating: half)
          for tap in 0..<taps.counts[index] {
            let weight = taps.weights[index * taps.width + tap]
            let source = (taps.starts[index] + tap) * stride
            for column in 0..<stride { sums[column] &+= Int32(pixels[source + column]) &* weight }
          }
          for column in 0..<stride { buffer[index * stride + column] = clipped(sums[column]) }
        }
      }
    }
    initialized = target * stride
  }
}
