/// A value that a pickle builds. What can change after it was made, or be shared, lives in a ``PickleHeap``.
enum PickleValue: Sendable {
  case none
  case bool(Bool)
  case integer(Int)
  /// An integer beyond 64 bits, two's complement, least significant byte first.
  case bigInteger([UInt8])
  case double(Double)
  case string(String)
  case bytes([UInt8])
  /// A name from the allow-list.
  case global(PickleGlobal)
  /// A list, tuple, dictionary or set, by its place in the heap.
  case container(Int)
  /// A storage of PyTorch, by its place in the heap.
  case storage(Int)
  /// A tensor of PyTorch, by its place in the heap.
  case tensor(Int)
  /// An element type of NumPy, by its place in the heap.
  case arrayType(Int)
  /// An array of NumPy, by its place in the heap.
  case array(Int)
}

/// The objects that a pickle builds, without references between Swift objects: cycles cannot leak, and releasing something
/// nested a million levels deep does not recurse.
struct PickleHeap: Sendable {
  struct Container: Sendable {
    enum Kind: Sendable { case list, tuple, dictionary, namespace, set }
    var kind: Kind
    /// The keys of a dictionary, as many as there are items.
    var keys: [PickleValue] = []
    var items: [PickleValue] = []
  }

  var containers: [Container] = []
  var storages: [TorchStorage] = []
  var tensors: [TorchTensor] = []
  var arrayTypes: [String] = []
  var arrays: [PickledArray] = []

  /// Items of all containers together, and bytes of text and arrays that were not in the file as they are here.
  private var itemCount = 0
  private var madeBytes = 0

  /// What the objects take, each counted with the room of an array that has just grown.
  var memory: Int {
    3 * MemoryLayout<Container>.stride * containers.count + 3 * MemoryLayout<PickleValue>.stride * itemCount
      + 512 * (storages.count + tensors.count + arrays.count) + 64 * arrayTypes.count + madeBytes
  }

  /// Counts bytes that an instruction makes out of others: it can name the same text again and again.
  mutating func made(_ bytes: Int) { madeBytes += bytes }

  mutating func add(_ kind: Container.Kind, _ items: [PickleValue] = []) -> PickleValue {
    containers.append(Container(kind: kind, items: items))
    itemCount += items.count
    return .container(containers.count - 1)
  }

  mutating func append(_ items: [PickleValue], to id: Int) {
    containers[id].items += items
    itemCount += items.count
  }

  mutating func append(_ key: PickleValue, _ item: PickleValue, to id: Int) {
    containers[id].keys.append(key)
    containers[id].items.append(item)
    itemCount += 2
  }

  /// Gives a dictionary the items of another one.
  mutating func copyItems(from source: Int, to target: Int) {
    containers[target].keys = containers[source].keys
    containers[target].items = containers[source].items
    itemCount += 2 * containers[source].items.count
  }

  /// PyTorch and NumPy have no more dimensions.
  private static let dimensionLimit = 64

  /// Whether the value is a dictionary or the attributes of a Namespace.
  func isDictionary(_ id: Int) -> Bool { containers[id].kind == .dictionary || containers[id].kind == .namespace }

  /// The items of a tuple or list.
  func sequence(_ value: PickleValue) -> [PickleValue]? {
    guard case .container(let id) = value else { return nil }
    let container = containers[id]
    return container.kind == .tuple || container.kind == .list ? container.items : nil
  }

  /// The numbers of a tuple or list of integers: sizes or strides, of which there are few.
  func integers(_ value: PickleValue) -> [Int]? {
    guard let items = sequence(value), items.count <= Self.dimensionLimit else { return nil }
    let numbers = items.compactMap { if case .integer(let number) = $0 { number } else { nil } }
    return numbers.count == items.count ? numbers : nil
  }
}

/// A run of elements that tensors are views of.
struct TorchStorage: Sendable {
  /// Names the run in the file.
  var key: String
  /// nil for untyped bytes.
  var dtype: FileDType?
  /// Number of elements, or of bytes where untyped.
  var count: Int
  /// Elements before the first one, for a view of another storage.
  var offset = 0
}

/// A view of a storage.
struct TorchTensor: Sendable {
  var storage: Int
  var dtype: FileDType
  var offset: Int
  var sizes: [Int]
  var strides: [Int]
}

/// An array of NumPy inside a pickle; its bytes are part of the pickle.
struct PickledArray: Sendable {
  var sizes: [Int] = [0]
  var type = ""
  var isFortran = false
  var bytes: [UInt8] = []
}
