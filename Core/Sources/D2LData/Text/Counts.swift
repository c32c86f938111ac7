import D2LTensor

/// How often each of the things in a sequence comes, the most frequent first; of equals the one that came first.
public func countsByFrequency<Element: Hashable>(
  of elements: some Sequence<Element>
) -> [(element: Element, count: Int)] {
  var places: [Element: Int] = [:]
  var counts: [(element: Element, count: Int)] = []
  for element in elements {
    if let place = places[element] {
      counts[place].count += 1
    } else {
      places[element] = counts.count
      counts.append((element, 1))
    }
  }
  // The standard library's sort is not promised to be stable.
  return counts.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
}

/// All runs of `order` neighbours in a sequence: bigrams, trigrams (book 8.3).
public func ngrams<Element>(of elements: [Element], order: Int) -> [[Element]] {
  require(order > 0, "ngrams", "of order \(order)")
  guard elements.count >= order else { return [] }
  return (0...elements.count - order).map { Array(elements[$0..<$0 + order]) }
}
