import D2LFiles

extension Unpickler {
  mutating func pushGlobal(_ module: String, _ name: String, at start: Int) throws(FileError) {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw refusal(of: module + "." + name, at: start)
    }
    stack.append(.global(global))
  }

  /// What `function(*arguments)` would build.
  mutating func call(_ function: PickleValue, _ arguments: PickleValue, at start: Int) throws(FileError) {
    guard case .global(let global) = function else {
      throw refusal(of: "a call of something that is no name", at: start)
    }
    guard let arguments = heap.sequence(arguments) else { throw error("arguments that are no tuple", at: start) }
    let first = arguments.first ?? .none
    switch global {
    case .dictionary: stack.append(try dictionary(arguments, at: start))
    case .namespace: stack.append(heap.add(.namespace))
    case .set:
      guard let items = arguments.isEmpty ? [] : heap.sequence(first) else {
        throw error("a set of no list", at: start)
      }
      stack.append(heap.add(.set, items))
    case .rebuildTensor, .rebuildTensorV2, .rebuildTensorV3:
      stack.append(try tensor(arguments, hasDType: global == .rebuildTensorV3, at: start))
    case .rebuildParameter:
      guard case .tensor = first else { throw error("a parameter that is no tensor", at: start) }
      stack.append(first)
    case .size:
      guard let sizes = heap.sequence(first) else { throw error("a size that is no tuple", at: start) }
      stack.append(heap.add(.tuple, sizes))
    case .device:
      guard case .string(let name) = first, name.utf8.count <= Self.nameLimit else {
        throw error("a device without a name", at: start)
      }
      var text = name
      if arguments.count > 1, case .integer(let index) = arguments[1] { text += ":\(index)" }
      stack.append(.string(text))
    case .encode:
      guard case .string(let text) = first, let bytes = latin1(text) else {
        throw error("bytes that are no Latin-1 text", at: start)
      }
      stack.append(.bytes(bytes))
    case .arrayType:
      guard case .string(let code) = first, code.utf8.count <= Self.nameLimit else {
        throw error("a NumPy type without a code", at: start)
      }
      heap.arrayTypes.append("<" + code)
      stack.append(.arrayType(heap.arrayTypes.count - 1))
    case .reconstructArray:
      heap.arrays.append(PickledArray())
      stack.append(.array(heap.arrays.count - 1))
    case .arrayFromBytes: stack.append(try array(arguments, at: start))
    case .arrayScalar: stack.append(try arrayScalar(arguments, at: start))
    case .storageType, .dtype, .inertType: throw refusal(of: "a call of a type", at: start)
    }
  }

  /// `OrderedDict()`, `OrderedDict([[key, value], …])`, `Counter({…})`, `defaultdict(type)`.
  private mutating func dictionary(_ arguments: [PickleValue], at start: Int) throws(FileError) -> PickleValue {
    let result = heap.add(.dictionary)
    guard case .container(let target) = result, case .container(let source)? = arguments.first else { return result }
    if heap.isDictionary(source) {
      heap.copyItems(from: source, to: target)
      return result
    }
    // What is no list of pairs, as the factory of a defaultdict, gives no items.
    for item in heap.sequence(.container(source)) ?? [] {
      guard let pair = heap.sequence(item), pair.count == 2 else { throw error("a dictionary of no pairs", at: start) }
      heap.append(pair[0], pair[1], to: target)
    }
    return result
  }

  private mutating func tensor(
    _ arguments: [PickleValue], hasDType: Bool, at start: Int
  ) throws(FileError) -> PickleValue {
    guard arguments.count >= (hasDType ? 7 : 4), case .storage(let id) = arguments[0],
      case .integer(let offset) = arguments[1], let sizes = heap.integers(arguments[2]),
      let strides = heap.integers(arguments[3]), sizes.count == strides.count
    else { throw error("a tensor without storage, offset, size and stride", at: start) }
    var dtype = heap.storages[id].dtype
    if hasDType {
      guard case .global(.dtype(let stated)) = arguments[6] else { throw error("a tensor without a type", at: start) }
      dtype = stated
    }
    guard let dtype else { throw error("a tensor of untyped bytes", at: start) }
    heap.tensors.append(TorchTensor(storage: id, dtype: dtype, offset: offset, sizes: sizes, strides: strides))
    return .tensor(heap.tensors.count - 1)
  }

  /// What `object.__setstate__(state)` would change in the value on top of the stack.
  mutating func build(_ state: PickleValue, at start: Int) throws(FileError) {
    switch try top() {
    case .container(let id) where heap.containers[id].kind == .dictionary:
      // Attributes of a dictionary, as `_metadata` of a state_dict, are no content of it.
      return
    case .container(let id) where heap.containers[id].kind == .namespace:
      guard case .container(let source) = state, heap.isDictionary(source) else {
        throw error("attributes that are no dictionary", at: start)
      }
      heap.copyItems(from: source, to: id)
    case .tensor: return
    case .arrayType(let id):
      if let fields = heap.sequence(state), fields.count > 1, case .string(let order) = fields[1] {
        guard order.utf8.count == 1 else { throw error("a NumPy type of the byte order \"\(order)\"", at: start) }
        heap.arrayTypes[id] = order + heap.arrayTypes[id].dropFirst()
      }
    case .array(let id): try fill(id, state, at: start)
    default: throw refusal(of: "a change of the state of an object", at: start)
    }
  }

  /// ("storage", type, key, location, count[, view]), or the key of a tensor in the tar format.
  mutating func persist(_ id: PickleValue, at start: Int) throws(FileError) {
    if let key = keyText(id), let value = persistent[key] {
      stack.append(value)
      return
    }
    guard let fields = heap.sequence(id), fields.count >= 5, case .string("storage") = fields[0],
      case .global(.storageType(let dtype)) = fields[1], let key = keyText(fields[2]), key.utf8.count <= Self.nameLimit,
      case .integer(let count) = fields[4],
      count >= 0
    else { throw error("a persistent id that is no storage", at: start) }
    var storage = TorchStorage(key: key, dtype: dtype, count: count)
    if fields.count > 5, let view = heap.sequence(fields[5]) {
      guard view.count == 3, case .integer(let offset) = view[1], offset >= 0 else {
        throw error("a view of a storage without its offset", at: start)
      }
      storage.offset = offset
    }
    heap.storages.append(storage)
    stack.append(.storage(heap.storages.count - 1))
  }

  func keyText(_ value: PickleValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let number): String(number)
    default: nil
    }
  }

  /// Keys of storages, names of types and devices are short; each is copied and compared many times.
  private static let nameLimit = 256

  mutating func latin1(_ text: String) -> [UInt8]? {
    heap.made(text.utf8.count)
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard scalar.value < 256 else { return nil }
      bytes.append(UInt8(scalar.value))
    }
    return bytes
  }
}
