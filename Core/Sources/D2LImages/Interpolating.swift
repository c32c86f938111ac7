/// For each new pixel along an axis, up to four old ones and their weights: PyTorch's `interpolate` without antialias.
///
/// `bicubic` is Keys' cubic with a = -0.75 there, and not the -0.5 it has with antialias.
private struct PointTaps {
  var sources: [Int] = []
  var weights: [Float] = []
  let count: Int

  init(from source: Int, to target: Int, _ interpolation: Interpolation) {
    count = interpolation == .bicubic ? 4 : 2
    let scale = Float(source) / Float(target)
    for index in 0..<target {
      var place = scale * (Float(index) + 0.5) - 0.5
      if interpolation == .bilinear { place = max(place, 0) }
      let floor = place.rounded(.down)
      let fraction = place - floor
      let first = Int(floor)
      switch interpolation {
      case .bicubic:
        sources += (-1...2).map { min(max(first + $0, 0), source - 1) }
        weights += cubicWeights(fraction, a: -0.75)
      case .nearest, .bilinear:
        sources += [min(first, source - 1), min(first + 1, source - 1)]
        weights += [1 - fraction, fraction]
      }
    }
  }

  private func cubicWeights(_ t: Float, a: Float) -> [Float] {
    func inner(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
    func outer(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
    return [outer(t + 1), inner(t), inner(1 - t), outer(2 - t)]
  }
}

extension Image {
  func interpolated(width: Int, height: Int, _ interpolation: Interpolation) -> Image {
    let across = PointTaps(from: self.width, to: width, interpolation)
    let down = PointTaps(from: self.height, to: height, interpolation)
    let stride = width * channels
    // Every old row in the new width, in Float; then the new rows from them.
    var rows = [Float](repeating: 0, count: self.height * stride)
    for y in 0..<self.height {
      for x in 0..<width {
        for channel in 0..<channels {
          var sum: Float = 0
          for tap in x * across.count..<(x + 1) * across.count {
            sum += Float(pixels[(y * self.width + across.sources[tap]) * channels + channel]) * across.weights[tap]
          }
          rows[y * stride + x * channels + channel] = sum
        }
      }
    }
    var result = [UInt8]()
    result.reserveCapacity(height * stride)
    for y in 0..<height {
      for column in 0..<stride {
        var sum: Float = 0
        for tap in y * down.count..<(y + 1) * down.count {
          sum += rows[down.sources[tap] * stride + column] * down.weights[tap]
        }
        result.append(UInt8(min(max(sum.rounded(.toNearestOrEven), 0), 255)))
      }
    }
    return Image(width: width, height: height, channels: channels, pixels: result)
  }
}
