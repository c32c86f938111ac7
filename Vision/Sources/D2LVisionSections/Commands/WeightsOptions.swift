import ArgumentParser
import D2LCommands
import D2LCore
import D2LVision

/// Which network with whose weights.
struct WeightsOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The network; `d2l vision models` lists them.", valueName: "name"))
  var model = "resnet18"

  @Option(
    help: ArgumentHelp(
      "A file of weights: torchvision's .pth or .safetensors, MXNet Gluon's .params, or what fine-tuning left.",
      valueName: "file"))
  var weights: String?

  @Flag(help: "Use the published weights; they are downloaded and verified if they are not here yet.")
  var pretrained = false

  @Option(
    help: ArgumentHelp("Which of several published weights: V1 or V2. (default: those recommended)", valueName: "name"))
  var release: String?

  func validate() throws {
    if weights != nil && pretrained { throw ValidationError("--weights and --pretrained: give one of the two.") }
    if release != nil && !pretrained { throw ValidationError("--release goes with --pretrained.") }
    do {
      let kind = try VisionModel.named(model)
      if pretrained && kind.published.isEmpty {
        throw ValidationError("--pretrained: no weights are published for \(model).")
      }
      if let release, try published() == nil {
        let names = kind.published.map(\.release).joined(separator: ", ")
        throw ValidationError("--release \(release): of \(model) there are \(names).")
      }
    } catch let error as UnknownModel {
      throw ValidationError("--model \(error)")
    }
  }

  /// The row of the table that `--pretrained` asks for.
  func published() throws -> PretrainedWeights? {
    try VisionModel.named(model).published.first { row in
      release.map { row.release.uppercased().hasSuffix($0.uppercased()) } ?? true
    }
  }

  /// The file, fetched if need be; nil if neither option was given.
  func file() throws -> String? {
    guard pretrained, let row = try published() else { return weights }
    return try row.fetch(progress: DownloadPrinter().show)
  }
}
