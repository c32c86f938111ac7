import D2LCore

extension ImageDataset {
  /// The same images as squares of `size` × `size` pixels, made batch by batch in the loader's thread: `[batch, channels, size, size]`.
  ///
  /// Bilinear, as the book's `resize` (3.5), but not rounded to bytes on the way.
  public func resized(to size: Int) -> MappedDataset<ImageDataset, LabeledBatch> {
    require(size > 0, "resized", "images of \(size) pixels")
    return mapped { batch in
      if batch.inputs.shape.suffix(2) == [size, size] { return batch }
      return LabeledBatch(
        inputs: upsample(batch.inputs, size: (size, size), interpolation: .bilinear()), labels: batch.labels)
    }
  }
}
