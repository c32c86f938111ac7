import D2LCore

/// The images a section learns from and is tested on, and how they were come by.
public struct ImageSplit {
  /// What is learned from.
  public let training: ImageDataset
  /// What is tested on.
  public let test: ImageDataset
  /// "real" or "synthetic".
  public let name: String
  /// Where they are from, in a sentence.
  public let details: String
}

extension ImageSplit {
  /// Fashion-MNIST, or generated figures of the same size, as the options say.
  public static func fashion<Defaults>(_ options: TrainingOptions<Defaults>, quickCount: Int = 2000) throws
    -> ImageSplit
  {
    try fashion(options.data, quick: options.quick, seed: options.seed, quickCount: quickCount)
  }

  /// The same for a section that trains nothing.
  public static func fashion(
    _ choice: DataChoice?, quick: Bool, seed: UInt64, quickCount: Int = 2000
  ) throws -> ImageSplit {
    if quick { return synthetic(count: quickCount, testCount: 500, seed: seed) }
    guard let location = try DataCache().find(.fashionMNIST, choice) else {
      return synthetic(count: 20_000, testCount: 4_000, seed: seed)
    }
    return try fashion(location)
  }

  private static func fashion(_ location: DataLocation) throws -> ImageSplit {
    let (training, test) = try FashionMNIST.load(from: location)
    return ImageSplit(
      training: training, test: test, name: "real",
      details:
        "\(location), \(grouped(training.count)) images to learn from, \(grouped(test.count)) to test on")
  }

  private static func synthetic(count: Int, testCount: Int, seed: UInt64) -> ImageSplit {
    ImageSplit(
      // The test images come from a stream of their own.
      training: SyntheticShapes.dataset(count: count, seed: seed),
      test: SyntheticShapes.dataset(count: testCount, seed: ~seed), name: "synthetic",
      details:
        "generated hatched figures of ten kinds, \(grouped(count)) images to learn from, \(grouped(testCount)) to test on"
    )
  }
}

/// What a classifier does with the images of a test set.
public struct ClassifierTest {
  /// The dataset's class names.
  public let classNames: [String]
  /// The predicted class of each image.
  public let predictions: [Int]
  /// The true class of each image.
  public let labels: [Int]
  private let dataset: ImageDataset

  /// Runs `model` over `dataset` in evaluation mode.
  public init(_ model: any Layer, on dataset: ImageDataset, batchSize: Int = 256) throws {
    self.dataset = dataset
    classNames = dataset.classNames
    var predictions: [Int] = []
    try model.evaluating {
      let batches = DataLoader(dataset, batchSize: batchSize).batches()
      while let batch = try batches.next() { predictions += model(batch.inputs).argmax(axis: 1).values.map { Int($0) } }
    }
    self.predictions = predictions
    labels = dataset.labels.values.map { Int($0) }
  }

  /// The share of right predictions.
  public var accuracy: Double {
    let right = zip(predictions, labels).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    return labels.isEmpty ? .nan : Double(right) / Double(labels.count)
  }

  /// Accuracy and most frequent mistake of each class.
  public var table: TextTable {
    var table = TextTable("class", "images", "accuracy", "most often taken for")
    for (number, name) in classNames.enumerated() {
      let guesses = zip(predictions, labels).filter { $0.1 == number }.map(\.0)
      var mistakes = [Int](repeating: 0, count: classNames.count)
      for guess in guesses where guess != number { mistakes[guess] += 1 }
      let worst = mistakes.indices.max { mistakes[$0] < mistakes[$1] } ?? 0
      let right = guesses.reduce(0) { $0 + ($1 == number ? 1 : 0) }
      table.add(
        name, String(guesses.count), guesses.isEmpty ? "-" : fixed(Double(right) / Double(guesses.count), 3),
        mistakes[worst] > 0 ? "\(classNames[worst]) (\(mistakes[worst]))" : "-")
    }
    return table
  }

  /// The first images of the test set with what they were taken for; a green frame where that is right, a red one where it is not.
  public func picture(rows: Int = 3, columns: Int = 8) -> Image {
    var grid = ImageGrid(images: [], columns: columns, padding: 6, scale: 3)
    for number in 0..<min(rows * columns, labels.count) {
      let (prediction, label) = (predictions[number], labels[number])
      let caption = prediction == label ? classNames[label] : "\(classNames[prediction]), not \(classNames[label])"
      grid.append(
        dataset.picture(of: number), caption: caption, border: prediction == label ? .green : .red)
    }
    return grid.rendered()
  }
}

extension ImageDataset {
  /// One of the images.
  public func picture(of number: Int) -> Image {
    let pixels = images[number].permuted(1, 2, 0)  // [height, width, channels]
    return Image(width: pixels.shape[1], height: pixels.shape[0], channels: pixels.shape[2], pixels: pixels.values)
  }
}
