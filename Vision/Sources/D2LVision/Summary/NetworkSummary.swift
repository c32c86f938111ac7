import D2LCore

/// A network stage by stage: shapes, parameters, arithmetic, and what of the image each place sees. All of it is counted from the network as it runs.
public struct NetworkSummary: Sendable {
  /// One stage, or one layer of a stage that is a list.
  public struct Row: Sendable {
    /// The name under which ``StagedNetwork/outputs(at:for:)`` gives its output.
    public let name: String
    /// The layer's type.
    public let kind: String
    /// The shape of its output for one image, without the batch.
    public let output: Shape
    /// How many numbers it learns.
    public let parameters: Int
    /// Multiplications with additions for one image.
    public let multiplyAdds: Int
    /// What a place of its output sees of the image; nil for the whole.
    public let field: ReceptiveField?
  }

  /// The stages in order.
  public let rows: [Row]
  /// The shape of the input, without the batch.
  public let input: Shape
  /// How many numbers the network learns, also in parts that the rows do not show (auxiliary heads).
  public let parameters: Int
  /// Multiplications with additions for one image.
  public let multiplyAdds: Int

  /// A summary for images of the given shape, `[channels, height, width]`. An empty batch runs through the network: nothing is computed.
  public init(_ network: any StagedNetwork, input shape: Shape) {
    let whole = summary(of: network, example: shape)
    let fields = Dictionary(network.receptiveFields.map { ($0.name, $0.field) }) { first, _ in first }
    var example = shape
    rows = places(in: network).filter { parts(of: $0.layer) == nil }.map { name, layer in
      let multiplyAdds = summary(of: layer, example: example).multiplyAdds
      let output = network.evaluating { layer(Tensor(zeros: Shape([0] + Array(example)))) }
      example = Shape(Array(output.shape.dropFirst()))
      return Row(
        name: name, kind: "\(type(of: layer))", output: example, parameters: layer.parameterCount,
        multiplyAdds: multiplyAdds, field: fields[name] ?? nil)
    }
    input = shape
    parameters = whole.parameters
    multiplyAdds = whole.multiplyAdds
  }
}
