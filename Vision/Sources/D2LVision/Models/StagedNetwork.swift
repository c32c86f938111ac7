import D2LCore

/// A network that is a list of named stages, run one after the other: what a figure of it shows.
///
/// Outputs inside can be had by name: `"layer3"`, or `"features.5"` within a stage that is itself a list.
public protocol StagedNetwork: Layer {
  /// The stages in order. Names of stages with parameters are those under which the parameters are found.
  var stages: [(name: String, layer: any Layer)] { get }
}

extension StagedNetwork {
  /// The output of the last stage.
  public func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
    stages.reduce(x) { x, stage in stage.layer(x) }
  }

  /// The names that ``outputs(at:for:)`` takes, in the order in which `x` passes them.
  public var stageNames: [String] { places(in: self).map(\.name) }

  /// The outputs of the named stages for `x`, `[batch, channels, height, width]` each. What lies behind the last of them is not run.
  public func outputs(at names: Set<String>, for x: Tensor<Float>) -> [String: Tensor<Float>] {
    let known = stageNames
    if let stranger = names.subtracting(known).min() {
      fail("outputs", "no stage is called \(stranger); there are \(known.joined(separator: ", "))")
    }
    var found: [String: Tensor<Float>] = [:]
    _ = run(stages, "", x, names, &found)
    return found
  }

  private func run(
    _ list: [(name: String, layer: any Layer)], _ path: String, _ x: Tensor<Float>, _ wanted: Set<String>,
    _ found: inout [String: Tensor<Float>]
  ) -> Tensor<Float> {
    var x = x
    for (name, layer) in list {
      if found.count == wanted.count { break }
      let place = path + name
      if let inner = parts(of: layer), wanted.contains(where: { $0.hasPrefix(place + ".") }) {
        x = run(inner, place + ".", x, wanted, &found)
      } else {
        x = layer(x)
      }
      if wanted.contains(place) { found[place] = x }
    }
    return x
  }
}

/// The parts of a layer that is a list of others, with their names; nil for all other layers.
func parts(of layer: any Layer) -> [(name: String, layer: any Layer)]? {
  switch layer {
  case let sequence as Sequential: sequence.layers.enumerated().map { ("\($0.offset)", $0.element) }
  case let network as any StagedNetwork: network.stages
  default: nil
  }
}

/// All layers of a list and of the lists in it, with their paths, a list behind its parts.
func places(in layer: any Layer, _ path: String = "") -> [(name: String, layer: any Layer)] {
  (parts(of: layer) ?? []).flatMap { name, part in places(in: part, path + name + ".") + [(path + name, part)] }
}
