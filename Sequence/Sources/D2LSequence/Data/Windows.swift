import D2LCore

extension DataLoader where Source == SequenceDataset {
  /// Batches `[batchSize, steps]` of a text, its pieces in random order or each batch going on where the one before ended (book 8.3); made when they are asked
  /// for, which takes no time. Throws a ``SequenceError`` for a text that does not fill one batch.
  public convenience init(
    windowsOf text: [Int], batchSize: Int, steps: Int, randomly: Bool = false, seed: UInt64 = 0
  ) throws(SequenceError) {
    self.init(corpus: text, batchSize: batchSize, steps: steps, randomly: randomly, seed: seed, prefetch: 0)
    if batchCount == 0 {
      // The offset of the first window takes up to as many tokens as a window has.
      throw .tooShort(
        tokens: text.count, needed: (batchSize + 1) * steps + 1,
        for: batchSize == 1 ? "a window of \(steps)" : "a batch of \(batchSize) windows of \(steps)")
    }
  }
}
