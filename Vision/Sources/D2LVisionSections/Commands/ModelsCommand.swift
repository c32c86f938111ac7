import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// `d2l vision models`: the networks with their sizes, or one of them stage by stage.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models", abstract: "List the networks with parameters and multiply-adds, or show one stage by stage.",
    discussion: """
      Counted from the networks themselves, for one image of the size that they were designed for. The receptive field is the part of the image that \
      one place of a stage's output depends on.
      """)

  @Argument(help: "A network, to be shown stage by stage.")
  var model: String?

  @Option(
    parsing: .unconditional,
    help: "Height and width of the image. (default: what the network was designed for)")
  var size: Int?

  @Flag(help: "Print one line of JSON.")
  var json = false

  func validate() throws {
    if let size, !(1...8192).contains(size) {
      throw ValidationError("--size \(size): a number from 1 to 8192 is expected.")
    }
    if size != nil && model == nil { throw ValidationError("--size goes with the name of a network.") }
  }

  func run() throws {
    if let model {
      try show(VisionModel.named(model))
    } else {
      list()
    }
  }

  // MARK: All

  private struct Entry: Encodable {
    let name, family: String
    let input: [Int]
    let classes, parameters: Int
    let multiplyAdds: Int
    let published: [Published]

    enum CodingKeys: String, CodingKey {
      case name, family, input, classes, parameters, published
      case multiplyAdds = "multiply_adds"
    }
  }

  private struct Published: Encodable {
    let release, url: String
    let accuracy: Double?
  }

  private func list() {
    let entries = VisionModel.all.map { kind in
      let network = withoutInitialization { kind.make() }
      let counts = summary(of: network, example: kind.input)
      return Entry(
        name: kind.name, family: kind.family, input: Array(kind.input), classes: kind.classes,
        parameters: counts.parameters, multiplyAdds: counts.multiplyAdds,
        published: kind.published.map { Published(release: $0.release, url: $0.url, accuracy: $0.accuracy) })
    }
    if json { return printJSON(entries) }
    var table = TextTable("network", "family", "image", "classes", "parameters", "multiply-adds", "ImageNet top-1")
    for entry in entries {
      table.add(
        entry.name, entry.family, entry.input.map(String.init).joined(separator: "×"), String(entry.classes),
        grouped(entry.parameters), grouped(entry.multiplyAdds),
        entry.published.first?.accuracy.map { "\(fixed(100 * $0, 2))%" } ?? "–")
    }
    print(table)
    print(
      "\nParameters with auxiliary heads, multiply-adds without. Top-1: of the published weights, by their publisher.")
  }

  // MARK: One

  private struct Stage: Encodable {
    let name, kind: String
    let output: [Int]
    let parameters, multiplyAdds: Int
    let field, stride: [Int]?

    enum CodingKeys: String, CodingKey {
      case name, kind, output, parameters, stride
      case multiplyAdds = "multiply_adds"
      case field = "receptive_field"
    }
  }

  private struct Whole: Encodable {
    let name: String
    let input: [Int]
    let parameters, multiplyAdds: Int
    let stages: [Stage]

    enum CodingKeys: String, CodingKey {
      case name, input, parameters, stages
      case multiplyAdds = "multiply_adds"
    }
  }

  private func show(_ kind: VisionModel) throws {
    let input: Shape = size.map { [kind.input[0], $0, $0] } ?? kind.input
    let network = withoutInitialization { kind.make() }
    let counts = NetworkSummary(network, input: input)
    if json {
      let stages = counts.rows.map { row in
        Stage(
          name: row.name, kind: row.kind, output: Array(row.output), parameters: row.parameters,
          multiplyAdds: row.multiplyAdds, field: row.field.map { [$0.size.height, $0.size.width] },
          stride: row.field.map { [$0.stride.height, $0.stride.width] })
      }
      return printJSON(
        Whole(
          name: kind.name, input: Array(input), parameters: counts.parameters, multiplyAdds: counts.multiplyAdds,
          stages: stages))
    }
    func sizes(_ shape: Shape) -> String { shape.map(String.init).joined(separator: "×") }
    print("\(kind.name) (\(kind.family)), image \(sizes(input))\n")
    var table = TextTable("stage", "layer", "output", "parameters", "multiply-adds", "sees of the image")
    for row in counts.rows {
      table.add(
        row.name, row.kind, sizes(row.output), grouped(row.parameters), grouped(row.multiplyAdds),
        row.field?.description ?? "all of it")
    }
    print(table)
    print("\n\(grouped(counts.parameters)) parameters, \(grouped(counts.multiplyAdds)) multiply-adds.")
  }
}
