import D2LTensor

/// What a model does with one input, operation by operation: a table as Keras and torchinfo print it.
///
/// The rows come from the operations that a forward pass records, so that they show what runs, whatever way the model's code takes. An activation
/// that runs fused with a layer is part of its row; rearrangements have none.
public struct ModuleSummary: CustomStringConvertible {
  /// One operation.
  public struct Row: Sendable {
    /// The path of the module whose parameters it reads, empty if it reads none.
    public let path: String
    /// The module's type, or the operation's name.
    public let kind: String
    /// The shape of the result.
    public let outputShape: Shape
    /// How many numbers it learns. Parameters that were in a row before count 0.
    public let parameters: Int
    /// Multiplications with additions of its matrix products and convolutions.
    public let multiplyAdds: Int
  }

  /// The operations in the order in which they ran.
  public let rows: [Row]
  /// The parameters of the module, tied ones once, those that the pass did not touch too.
  public let parameters: Int
  /// Those of them that are trained.
  public let trainable: Int
  /// The sum over the rows.
  public var multiplyAdds: Int { rows.reduce(0) { $0 + $1.multiplyAdds } }

  /// The table.
  public var description: String {
    var lines = [["Layer", "Output", "Parameters", "Multiply-adds"]]
    for row in rows {
      let name = row.path.isEmpty ? row.kind : "\(row.path) (\(row.kind))"
      lines.append([name, "\(row.outputShape)", grouped(row.parameters), grouped(row.multiplyAdds)])
    }
    lines.append(["Total, \(grouped(trainable)) trained", "", grouped(parameters), grouped(multiplyAdds)])
    let widths = (0..<4).map { column in lines.map { $0[column].count }.max() ?? 0 }
    let text = lines.map { line in
      line.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < 2 ? cell + space : space + cell
      }.joined(separator: "  ")
    }
    let rule = String(repeating: "-", count: widths.reduce(6, +))
    return ([text[0], rule] + text[1..<(text.count - 1)] + [rule, text[text.count - 1]]).joined(separator: "\n")
  }

  private func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: place)
      place -= 3
    }
    return String(digits)
  }
}

/// A table of what `layer` does with `input`. Runs one forward pass in evaluation mode.
public func summary(of layer: some Layer, input: Tensor<Float>) -> ModuleSummary {
  summary(of: layer) { layer(input.requiringGradient()) }
}

/// A table of what `layer` does with one example of the given shape, as `[channels, height, width]`. The pass has an empty batch: nothing is computed,
/// so that the largest networks are counted at once.
public func summary(of layer: some Layer, example shape: Shape) -> ModuleSummary {
  let input = Tensor<Float>(zeros: Shape([0] + Array(shape))).requiringGradient()
  return summary(of: layer, batch: { $0 == 0 ? 1 : $0 }) { layer(input) }
}

/// A table of what a module does, for modules that take other than one array: `summary(of: model) { model(ids, lengths).output }`.
public func summary(of module: some Module, _ forward: () -> Tensor<Float>) -> ModuleSummary {
  summary(of: module, batch: { $0 }, forward)
}

/// `batch` gives the size of the batch that is shown for that which ran.
private func summary(
  of module: some Module, batch: (Int) -> Int, _ forward: () -> Tensor<Float>
) -> ModuleSummary {
  let modes = module.namedModules().compactMap { $0.module as? any ModeDependent }.map { ($0, $0.isTraining) }
  for (part, _) in modes { part.isTraining = false }
  defer { for (part, mode) in modes { part.isTraining = mode } }
  // Parameters are found by their recorded leaves, which lazy layers have only now and frozen ones not at all.
  _ = withoutGradient(forward)
  let named = module.namedParameters()
  let frozen = named.map(\.parameter).filter(\.isFrozen)
  for parameter in frozen { parameter.isFrozen = false }
  defer { for parameter in frozen { parameter.isFrozen = true } }
  let operations = forward().recordedOperations(reading: named.map(\.parameter))
  let kinds = Dictionary(module.namedModules().map { ($0.name, "\(type(of: $0.module))") }) { first, _ in first }
  var counted: Set<Int> = []
  let rows = operations.filter { !$0.isView }.map { recorded in
    let operation = recorded.mappingBatch(batch)
    let read = operation.parameters.sorted()
    let path = read.first.map { named[$0].name.split(separator: ".").dropLast().joined(separator: ".") }
    let own = read.filter { counted.insert($0).inserted }.reduce(0) { $0 + named[$1].parameter.shape.elementCount }
    return ModuleSummary.Row(
      path: path ?? "", kind: path.flatMap { kinds[$0] } ?? operation.name, outputShape: operation.outputShape,
      parameters: own, multiplyAdds: operation.multiplyAdds)
  }
  let total = module.parameterCount
  return ModuleSummary(
    rows: rows, parameters: total, trainable: total - frozen.reduce(0) { $0 + $1.shape.elementCount })
}

extension RecordedOperation {
  /// The same with another size of the batch, the first dimension of the result and of what is no parameter.
  fileprivate func mappingBatch(_ batch: (Int) -> Int) -> RecordedOperation {
    func mapped(_ shape: Shape) -> Shape { shape.isEmpty ? shape : Shape([batch(shape[0])] + shape.dropFirst()) }
    return RecordedOperation(
      name: name, outputShape: mapped(outputShape), inputShapes: inputShapes.map { $0.map(mapped) },
      parameters: parameters, isView: isView)
  }

  /// Those of the products that the operation is known to make.
  fileprivate var multiplyAdds: Int {
    func shape(_ index: Int) -> Shape? { index < inputShapes.count ? inputShapes[index] : nil }
    let output = outputShape.elementCount
    switch name {
    case "linear": return shape(1).map { output * $0[1] } ?? 0
    case "matmul": return (shape(0)?.last ?? shape(1)?.dropLast().last).map { output * $0 } ?? 0
    case "conv2d": return shape(1).map { output * $0.dropFirst().reduce(1, *) } ?? 0
    case "convTranspose2d":
      guard let input = shape(0), let weight = shape(1) else { return 0 }
      return input.elementCount * weight.dropFirst().reduce(1, *)
    case "recurrent":
      guard let input = shape(1), let hidden = shape(2), outputShape.count == 3 else { return 0 }
      // A look-up of ids counts as the product that it stands for.
      return outputShape[0] * outputShape[1] * (hidden.elementCount + input.elementCount)
    default: return 0
    }
  }
}
