import D2LCore

/// The names that other programs give the weights of a language model, and what can be read off them.
public struct LanguageModelKeys: Sendable {
  /// From the names in the file to those of ``LanguageModel``.
  public let map: KeyMap

  /// PyTorch's word-language-model example: `encoder.weight`, `rnn.weight_ih_l0`, `decoder.weight`: the names used here.
  public static let wordLanguageModel = LanguageModelKeys(map: [])
  /// The book's `RNNModel` in PyTorch: `rnn.weight_ih_l0`, `linear.weight`.
  public static let book = LanguageModelKeys(map: [.prefix("linear.", "decoder.")])
  /// The book's `RNNModel` in MXNet Gluon: `rnn._unfused.0.i2h_weight`, `dense.weight`; and models with an embedding before it (`encoder` or `embedding`).
  public static let gluon = LanguageModelKeys(
    map: KeyMap(
      [.prefix("dense.", "decoder."), .prefix("embedding.", "encoder.")] + gluonRecurrent.rules))

  /// MXNet Gluon's fused recurrent layers to PyTorch's names: `l0_i2h_weight` is `weight_ih_l0`, `r0_h2h_bias` is `bias_hh_l0_reverse`.
  ///
  /// Files that MXNet 1.9 saves have the names of the cells that the layer stands for instead: `_unfused.0.i2h_weight`, or with two directions
  /// `_unfused.0.l_cell.i2h_weight` and `_unfused.0.r_cell.h2h_bias`. Shapes and the order of the gates are PyTorch's (LSTM i, f, g, o; GRU r, z, n).
  public static let gluonRecurrent = KeyMap(
    [("i2h", "ih"), ("h2h", "hh")].flatMap { gluon, torch in
      ["weight", "bias"].flatMap { part -> [KeyMap.Rule] in
        let (gluon, forward) = ("\(gluon)_\(part)", "\(part)_\(torch)_l*")
        let backward = forward + "_reverse"
        let names = [
          ("l*_" + gluon, forward), ("r*_" + gluon, backward), ("_unfused.*." + gluon, forward),
          ("_unfused.*.l_cell." + gluon, forward), ("_unfused.*.r_cell." + gluon, backward),
        ]
        return names.flatMap { [.pattern("**." + $0, "**." + $1), .pattern($0, $1)] }
      }
    })

  init(map: KeyMap) { self.map = map }

  /// The names that a file's are: told apart by what only one program writes.
  public init(of names: [String]) {
    self =
      if names.contains(where: { $0.hasSuffix("i2h_weight") }) {
        .gluon
      } else if names.contains("linear.weight") {
        .book
      } else {
        .wordLanguageModel
      }
  }

  /// The sizes of the model whose weights are in a file, read off their shapes. Throws a `FileError` if they are of no language model.
  public func configuration(of file: any WeightFile) throws(FileError) -> LanguageModelConfiguration {
    var entries: [String: WeightEntry] = [:]
    for entry in file.entries { if let name = map(entry.name) { entries[name] = entry } }
    func shape(_ name: String) throws(FileError) -> Shape {
      guard let entry = entries[name], entry.shape.count == 2 else {
        throw FileError(
          file: file.file, at: .key(name), problem: "a language model has a matrix of this name, the file has none",
          help: "its names are " + file.names.prefix(6).joined(separator: ", "))
      }
      return entry.shape
    }
    let (input, recurrent, output) = try (shape("rnn.weight_ih_l0"), shape("rnn.weight_hh_l0"), shape("decoder.weight"))
    let hidden = recurrent[1]
    let gates = hidden == 0 ? 0 : recurrent[0] / hidden
    guard let kind = RecurrentKind.allCases.first(where: { $0.gates == gates }), recurrent[0] == gates * hidden else {
      throw FileError(
        file: file.file, at: .key("rnn.weight_hh_l0"), problem: "\(recurrent) is no recurrent layer's weight",
        help: "the height must be 1, 3 or 4 times the width")
    }
    let encoder = entries["encoder.weight"]
    return LanguageModelConfiguration(
      kind, vocabulary: output[0], embedding: encoder.map { _ in input[1] }, hidden: hidden,
      layers: (0...).prefix { entries["rnn.weight_hh_l\($0)"] != nil }.count,
      isBidirectional: entries["rnn.weight_hh_l0_reverse"] != nil,
      isTied: encoder != nil && (entries["decoder.weight"]?.tiedTo != nil || encoder?.tiedTo != nil))
  }
}
