import D2LCore

/// What a classifier does with the pictures of an ``ImageFolder``, picture by picture.
public struct FolderTest {
  /// One picture.
  public struct Outcome: Sendable {
    /// Its number in the folder.
    public let number: Int
    /// Its class.
    public let label: Int
    /// What it was taken for.
    public let prediction: Int
    /// How likely the network found that.
    public let probability: Double
    /// Whether that is right.
    public var isRight: Bool { label == prediction }
  }

  /// The pictures.
  public let folder: ImageFolder
  /// What became of them, in their order.
  public let outcomes: [Outcome]
  /// What was taken for what.
  public let confusion: ConfusionMatrix

  /// Runs `model` over the pictures in evaluation mode. Throws an `ImageError` if one cannot be read.
  public init(_ model: any Layer, on folder: ImageFolder, batchSize: Int, workers: Int = 1) throws {
    self.folder = folder
    var outcomes: [Outcome] = []
    var confusion = ConfusionMatrix(classes: folder.classNames.count)
    try model.evaluating {
      let batches = DataLoader(folder, batchSize: batchSize, workers: workers).batches()
      while let batch = try batches.next() {
        let probabilities = model(batch.inputs).softmax(axis: 1)
        let predictions = probabilities.argmax(axis: 1).values
        let certainties = probabilities.max(axis: 1).values
        for (place, label) in batch.labels.values.enumerated() {
          outcomes.append(
            Outcome(
              number: outcomes.count, label: Int(label), prediction: Int(predictions[place]),
              probability: Double(certainties[place])))
        }
        confusion.add(predictions: predictions.map { Int($0) }, labels: batch.labels.values.map { Int($0) })
      }
    }
    self.outcomes = outcomes
    self.confusion = confusion
  }

  /// The wrong predictions, those that the network was surest of first.
  public var mistakes: [Outcome] { outcomes.filter { !$0.isRight }.sorted { $0.probability > $1.probability } }

  /// A sheet of the worst mistakes with what they were taken for, framed red; without any, of the right predictions that were least sure, framed green.
  public func sheet(rows: Int = 4, columns: Int = 6, cell: Int = 128) throws(ImageError) -> Image {
    let wrong = mistakes
    let shown = wrong.isEmpty ? outcomes.sorted { $0.probability < $1.probability } : wrong
    var grid = ImageGrid(
      columns: columns, padding: 8, cellSize: ImageGrid.CellSize(width: cell, height: cell))
    for outcome in shown.prefix(rows * columns) {
      let image = try Image(contentsOf: folder.examples[outcome.number].path, options: colorPictures)
      let (guess, truth) = (folder.classNames[outcome.prediction], folder.classNames[outcome.label])
      let percent = "\(Int((outcome.probability * 100).rounded()))%"
      grid.append(
        // A strip of 20,000 pixels by one has no place in a cell: its middle stands for it.
        ResizedCenterCrop(cell, shorterSide: cell)(image),
        caption: outcome.isRight ? "\(guess) \(percent)" : "\(guess) \(percent)\nis \(truth)",
        border: outcome.isRight ? .green : .red)
    }
    return grid.rendered()
  }

  /// Pictures, share found and share right of each class.
  public var table: TextTable {
    var table = TextTable("class", "pictures", "found", "right when named", "most often taken for")
    func percent(_ share: Double?) -> String { share.map { "\(($0 * 1000).rounded() / 10)%" } ?? "–" }
    for (number, name) in folder.classNames.enumerated() {
      var others = confusion.counts[number]
      others[number] = 0
      let worst = others.indices.max { others[$0] < others[$1] } ?? 0
      table.add(
        name, String(confusion.counts[number].reduce(0, +)), percent(confusion.recall(of: number)),
        percent(confusion.precision(of: number)),
        others[worst] > 0 ? "\(folder.classNames[worst]) (\(others[worst]))" : "–")
    }
    return table
  }

  /// The confusion matrix as a chart.
  public var chart: HeatMap {
    var map = HeatMap(title: "Confusion", x: "taken for", y: "is", values: confusion.counts.map { $0.map(Double.init) })
    map.columnNames = folder.classNames
    map.rowNames = folder.classNames
    map.showsValues = true
    return map
  }

  /// The same as pixels: a square for each pair, darker for a larger share of the row's class, with the count below.
  public var picture: Image {
    func square(_ color: [UInt8]) -> Image { Image(width: 48, height: 32, filledWith: color) }
    let names = folder.classNames
    var grid = ImageGrid(columns: names.count + 1, padding: 2)
    grid.append(square([255, 255, 255]), caption: "is \\ for")
    for name in names { grid.append(square([255, 255, 255]), caption: name) }
    for (row, name) in names.enumerated() {
      grid.append(square([255, 255, 255]), caption: name)
      let total = max(confusion.counts[row].reduce(0, +), 1)
      for count in confusion.counts[row] {
        let share = Double(count) / Double(total)
        // From white to the palette's blue.
        let color = [8.0, 81, 156].map { UInt8((255 - (255 - $0) * share).rounded()) }
        grid.append(square(color), caption: String(count))
      }
    }
    return grid.rendered()
  }
}
