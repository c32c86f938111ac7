import ArgumentParser
import D2LCommands
import D2LCore
import Foundation

/// `d2l convert`: the weights of one file in another format.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write the weights of a file in another format, which the extension of the new name decides.",
    discussion: """
      From every format that `d2l inspect` shows, to .safetensors, .safetensors.index.json (several files), .pt, .pth, .bin (PyTorch), .npz and .npy; word vectors also to .vec and .txt (text) \
      and .bin (word2vec). Every bit is kept, half precision too; a type that the new format does not have becomes the next wider one, which is said.
      """)

  @Argument(help: "The file to read.")
  var input: String

  @Argument(help: "The file to write. It is replaced if it exists.")
  var output: String

  @Flag(help: "Only the model's weights of a checkpoint, without optimizer and prefix `module.`.")
  var stateDict = false

  @Option(help: ArgumentHelp("Only what lies below this key.", valueName: "key"))
  var subtree: String?

  @Option(
    help: ArgumentHelp(
      "Most megabytes in one file, where the new name ends with .safetensors.index.json. (default: 5000)",
      valueName: "MB"))
  var partSize: Int?

  @Flag(help: "Leave out what is no tensor, where the new format has no place for it.")
  var dropMetadata = false

  func validate() throws {
    if stateDict && subtree != nil { throw ValidationError("--state-dict and --subtree: give one of the two.") }
    guard partSize.map({ 1...1_000_000 ~= $0 }) ?? true else {
      throw ValidationError("--part-size \(partSize ?? 0): a number from 1 to 1,000,000 is expected.")
    }
    guard partSize == nil || output.hasSuffix(".safetensors.index.json") else {
      throw ValidationError("--part-size goes with a name that ends with .safetensors.index.json.")
    }
  }

  func run() throws {
    let file = try Weights.open(input)
    if let vectors = try ConvertCommand.vectors(of: file), try convert(vectors, from: file) { return }
    let part = try stateDict ? file.stateDict() : subtree.map { try file.subtree($0) } ?? file
    let widened = try Weights.write(
      contentsOf: part, metadata: dropMetadata ? [:] : part.metadata, to: output,
      partSize: (partSize ?? 5000) * 1_000_000)
    let size = part.entries.filter { $0.tiedTo == nil }.reduce(0) { $0 + $1.byteCount }
    print("\(input) (\(file.format)) → \(output): \(part.entries.count) tensors, \(byteText(size))")
    for (kinds, tensors) in Dictionary(grouping: widened, by: { "\($0.from) became \($0.to)" }).sorted(by: {
      $0.key < $1.key
    }) {
      print(
        "\(kinds) in \(tensors.count) tensors, which changes no value: \(tensors.prefix(3).map(\.name).joined(separator: ", "))\(tensors.count > 3 ? ", …" : "")"
      )
    }
  }

  /// The words with their vectors, of a file that has them.
  private static func vectors(of file: any WeightFile) throws -> WordVectors? {
    if let file = file as? WordVectorFile { return file.vectors }
    return try (file as? FastTextFile)?.wordVectors()
  }

  /// Writes words and vectors, if the new name asks for a format that has words; else false, and a matrix is written like any other. A file
  /// of tensors without the words would be of little use, so they must be given up explicitly.
  private func convert(_ vectors: WordVectors, from file: any WeightFile) throws -> Bool {
    switch (output as NSString).pathExtension.lowercased() {
    case "vec", "txt": try vectors.writeText(to: output)
    case "bin": try vectors.writeBinary(to: output)
    default:
      guard file is FastTextFile || dropMetadata else {
        throw FileError(
          file: output, problem: "this format has no place for the \(grouped(vectors.count)) words of \(input)",
          help: "write .vec, .txt or .bin, or give up the words with --drop-metadata")
      }
      return false
    }
    print(
      "\(input) (\(file.format)) → \(output): \(grouped(vectors.count)) words with \(vectors.dimension) numbers each")
    return true
  }
}
