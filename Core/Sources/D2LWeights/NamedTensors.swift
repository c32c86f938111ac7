import D2LTensor

/// Tensors by name, in the order in which they were added: what a model saves and what a file is written from.
///
/// ```swift
/// var weights: NamedTensors = ["weight": w.erased, "bias": b.erased]
/// weights["scale"] = s.erased
/// try Weights.write(weights, to: "layer.safetensors")
/// ```
public struct NamedTensors: Sendable, ExpressibleByDictionaryLiteral {
  /// The names, in order.
  public private(set) var names: [String] = []
  private var tensors: [AnyTensor] = []
  private var positions: [String: Int] = [:]

  /// Nothing yet.
  public init() {}

  /// The tensors given; of two with one name the later stays, in the place of the earlier.
  public init(_ pairs: some Sequence<(name: String, tensor: AnyTensor)>) {
    for (name, tensor) in pairs { self[name] = tensor }
  }

  /// The tensors of a literal `["name": tensor, …]`.
  public init(dictionaryLiteral elements: (String, AnyTensor)...) {
    for (name, tensor) in elements { self[name] = tensor }
  }

  /// The tensor of this name. Setting one that exists replaces it where it stands; setting nil removes it.
  public subscript(name: String) -> AnyTensor? {
    get { positions[name].map { tensors[$0] } }
    set {
      switch (positions[name], newValue) {
      case (let position?, let tensor?):
        tensors[position] = tensor
      case (nil, let tensor?):
        positions[name] = names.count
        names.append(name)
        tensors.append(tensor)
      case (let position?, nil):
        names.remove(at: position)
        tensors.remove(at: position)
        positions = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
      case (nil, nil):
        break
      }
    }
  }
}

extension NamedTensors: RandomAccessCollection {
  /// Always 0.
  public var startIndex: Int { 0 }
  /// How many tensors there are.
  public var endIndex: Int { names.count }
  /// Name and tensor at a place in the order.
  public subscript(position: Int) -> (name: String, tensor: AnyTensor) { (names[position], tensors[position]) }
}
