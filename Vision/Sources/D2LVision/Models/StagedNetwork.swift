import D2LCore

/// A network that is a list of named stages, run one after the other: what a figure of it shows.
///
/// Outputs inside can be had by name: `"layer3"`, or `"features.5"` within a ``Sequential`` stage.
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
  public var stageNames: [String] {
    stages.flatMap { name, layer in
      ((layer as? Sequential)?.layers.indices.map { "\(name).\($0)" } ?? []) + [name]
    }
  }

  /// The outputs of the named stages for `x`, `[batch, channels, height, width]` each. What lies behind the last of them is not run.
  public func outputs(at names: Set<String>, for x: Tensor<Float>) -> [String: Tensor<Float>] {
    let known = Set(stageNames)
    if let stranger = names.subtracting(known).min() {
      fail("outputs", "no stage is called \(stranger); there are \(stageNames.joined(separator: ", "))")
    }
    var found: [String: Tensor<Float>] = [:]
    var x = x
    for (name, layer) in stages {
      if found.count == names.count { break }
      let inside = names.filter { $0.hasPrefix(name + ".") }
      if let sequence = layer as? Sequential, !inside.isEmpty {
        for (index, layer) in sequence.layers.enumerated() {
          x = layer(x)
          if inside.contains("\(name).\(index)") { found["\(name).\(index)"] = x }
        }
      } else {
        x = layer(x)
      }
      if names.contains(name) { found[name] = x }
    }
    return found
  }
}
