import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision
import Foundation

/// `d2l vision classify`: what a trained network sees on pictures.
struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify", abstract: "Say what is on pictures, with a trained network.",
    discussion: """
      Pictures are PNG or JPEG files, or folders of them. They are prepared as the weights ask for: resized, the middle cut out, normalised.

      Example: d2l vision classify --model resnet50 --pretrained photo.jpg
      """)

  @OptionGroup var network: WeightsOptions

  @Argument(help: ArgumentHelp("Pictures, or folders of pictures.", valueName: "picture"))
  var pictures: [String]

  @Option(
    help: ArgumentHelp(
      "A file with the names of the classes, one in a line. (default: those of the weights)", valueName: "file"))
  var classes: String?

  @Option(parsing: .unconditional, help: "How many classes are named for each picture.")
  var top = 5

  @Option(parsing: .unconditional, help: "Pictures that are looked at together.")
  var batchSize = 16

  @Option(parsing: .unconditional, help: "How many threads to use. (default: all processors)")
  var threads: Int?

  @Flag(help: "Print one line of JSON.")
  var json = false

  func validate() throws {
    guard network.weights != nil || network.pretrained else {
      throw ValidationError("Weights are needed: --pretrained, or --weights with a file.")
    }
    guard (1...1000).contains(top) else {
      throw ValidationError("--top \(top): a number from 1 to 1000 is expected.")
    }
    guard (1...4096).contains(batchSize) else {
      throw ValidationError("--batch-size \(batchSize): a number from 1 to 4096 is expected.")
    }
    guard threads.map({ 1...256 ~= $0 }) ?? true else {
      throw ValidationError("--threads \(threads ?? 0): a number from 1 to 256 is expected.")
    }
  }

  func run() throws {
    if let threads { Engine.threads = threads }
    let files = try listed()
    guard let weights = try network.file() else { return }
    let classifier = try classifier(weights)
    var (results, skipped): ([Result], [SkippedFile]) = ([], [])
    let progress = ProgressLine("pictures", total: files.count)
    for start in stride(from: 0, to: files.count, by: batchSize) {
      let part = files[start..<min(start + batchSize, files.count)]
      var (paths, inputs): ([String], [Tensor<Float>]) = ([], [])
      for file in part {
        do throws(ImageError) {
          inputs.append(classifier.preprocessing(try Image(contentsOf: file.path, options: colorPictures)))
          paths.append(file.path)
        } catch {
          if !file.isFromFolder { throw error }
          skipped.append(SkippedFile(file.path, error))
        }
      }
      if !inputs.isEmpty {
        let guesses = classifier.classify(Tensor(stacking: inputs), top: top)
        results += zip(paths, guesses).map { Result(file: $0, predictions: $1.map(Guess.init)) }
      }
      progress.advance(by: part.count)
    }
    progress.finish()
    warn(of: skipped)
    try show(results, skipped, weights: weights)
  }

  /// The pictures asked for, folders unfolded.
  private func listed() throws -> [(path: String, isFromFolder: Bool)] {
    var files: [(path: String, isFromFolder: Bool)] = []
    for path in pictures {
      guard isFolder(path) else {
        files.append((path, false))
        continue
      }
      let inside = try filesInFolder(path)
      guard !inside.isEmpty else { throw FileError(file: path, problem: "the folder is empty") }
      files += inside.map { ($0, true) }
    }
    return files
  }

  private func classifier(_ weights: String) throws -> ImageClassifier {
    let classifier = try ImageClassifier(network.model, weights: weights)
    guard let classes else { return classifier }
    let names = try classNames(inFile: classes, count: classifier.classNames.count)
    return ImageClassifier(classifier.model, preprocessing: classifier.preprocessing, classNames: names)
  }

  // MARK: Output

  private struct Guess: Encodable {
    let label: Int
    let name: String
    let probability: Double

    init(_ prediction: ImageClassifier.Prediction) {
      (label, name, probability) = (prediction.label, prediction.name, prediction.probability)
    }
  }

  private struct Result: Encodable {
    let file: String
    let predictions: [Guess]
  }

  private struct Summary: Encodable {
    let model, weights: String
    let pictures: [Result]
    let skipped: [Skipped]
  }

  private struct Skipped: Encodable {
    let file, reason: String
  }

  private func show(_ results: [Result], _ skipped: [SkippedFile], weights: String) throws {
    if json {
      printJSON(
        Summary(
          model: network.model, weights: weights, pictures: results,
          skipped: skipped.map { Skipped(file: $0.path, reason: $0.reason) }))
    } else if results.count == 1, let only = results.first {
      print("\(only.file): \(network.model)\n")
      var table = TextTable("class", "probability", "number")
      for guess in only.predictions { table.add(guess.name, fixed(guess.probability, 4), String(guess.label)) }
      print(table)
    } else if !results.isEmpty {
      var table = TextTable(columns: [
        TextTable.Column("picture", alignment: .leading), TextTable.Column("class", alignment: .leading),
        TextTable.Column("probability"), TextTable.Column("then", alignment: .leading),
      ])
      for result in results {
        guard let best = result.predictions.first else { continue }
        let others = result.predictions.dropFirst().map { "\($0.name) \(fixed($0.probability, 3))" }
        table.add(result.file, best.name, fixed(best.probability, 4), others.joined(separator: ", "))
      }
      print(table)
    }
    guard results.count != 1 || !skipped.isEmpty else { return }
    if !json { print("\n\(counted(results.count, "picture"))\(skippedText(skipped.count))") }
    if results.isEmpty {
      throw FileError(
        file: pictures.joined(separator: ", "), problem: "none of the \(skipped.count) files is a readable picture",
        help: "PNG and JPEG files are read")
    }
  }
}
