import D2LTensor

extension Module {
  /// Everything that makes this module what it has become: parameters and buffers with their paths, in order of declaration. A tied
  /// parameter comes once, under the first of its names.
  public var state: [(name: String, array: AnyTensor)] {
    var seen: Set<ObjectIdentifier> = []
    return members().compactMap { name, member in
      switch member {
      case .parameter(let parameter):
        seen.insert(ObjectIdentifier(parameter)).inserted ? (name, parameter.value.erased.detached()) : nil
      case .buffer(let buffer): seen.insert(ObjectIdentifier(buffer)).inserted ? (name, buffer.erased) : nil
      case .module: nil
      }
    }
  }

  /// Puts a saved ``state`` back. The names and shapes must be this module's own; returns what does not fit, in which case nothing has been
  /// changed.
  public func restore(_ saved: [String: AnyTensor]) -> [String] {
    var problems: [String] = []
    var names: Set<String> = []
    for (name, array) in state {
      names.insert(name)
      guard let other = saved[name] else {
        problems.append("\(name) is missing")
        continue
      }
      if other.shape != array.shape || other.dtype != array.dtype {
        problems.append("\(name) is \(other.shape) of \(other.dtype), here \(array.shape) of \(array.dtype)")
      }
    }
    problems += saved.keys.filter { !names.contains($0) }.sorted().map { "\($0) is not part of the model" }
    guard problems.isEmpty else { return problems }
    for (name, member) in members() {
      guard let array = saved[name] else { continue }
      switch member {
      case .parameter(let parameter): parameter.value = Tensor(converting: array)
      case .buffer(let buffer): buffer.replace(with: array)
      case .module: break
      }
    }
    return []
  }
}
