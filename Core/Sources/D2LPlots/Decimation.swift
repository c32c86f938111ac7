/// Fewer points where more of them share a pixel than the eye can tell apart.
enum Decimation {
  /// The points, or where x never falls and there are many for each pixel, the first, lowest, highest and last point of
  /// each half pixel; the picture stays the same.
  static func reduced(_ points: [Point?], width: Double) -> [Point?] {
    guard Double(points.count) > width * 8 else { return points }
    var previous = -Double.infinity
    for case let point? in points {
      guard point.x >= previous else { return points }
      previous = point.x
    }
    var result: [Point?] = []
    var bucket: [Point] = []
    func finish() {
      let indices = bucket.indices
      guard let low = indices.min(by: { bucket[$0].y < bucket[$1].y }),
        let high = indices.max(by: { bucket[$0].y < bucket[$1].y })
      else { return }
      for index in Set([0, low, high, bucket.count - 1]).sorted() { result.append(bucket[index]) }
      bucket = []
    }
    for point in points {
      guard let point else {
        finish()
        result.append(nil)
        continue
      }
      if let first = bucket.first, (first.x * 2).rounded(.down) != (point.x * 2).rounded(.down) { finish() }
      bucket.append(point)
    }
    finish()
    return result
  }
}
