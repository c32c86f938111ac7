/// The candidate that takes the fewest edits to become `name` (Levenshtein distance), if it takes fewer than half its length.
///
/// Names of layers share long beginnings; candidates whose lengths alone are too different are passed over.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let target = Array(name.utf8)
  var best: String?
  var bestDistance = max(2, target.count / 2)
  for candidate in candidates where candidate != name {
    let bytes = Array(candidate.utf8)
    guard abs(bytes.count - target.count) < bestDistance else { continue }
    if let distance = editDistance(target, bytes, below: bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/// The number of insertions, deletions and replacements between two strings of bytes; nil if it is not below `limit`.
func editDistance(_ left: [UInt8], _ right: [UInt8], below limit: Int) -> Int? {
  var row = Array(0...right.count)
  for (i, a) in left.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    var least = row[0]
    for (j, b) in right.enumerated() {
      let replaced = diagonal + (a == b ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      least = min(least, row[j + 1])
    }
    guard least < limit else { return nil }
  }
  return row[right.count] < limit ? row[right.count] : nil
}
