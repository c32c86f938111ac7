import D2LTensor

/// A part of a model: a class whose stored properties hold parameters, buffers and further modules.
///
/// They are found by reflection and named by the path of properties that leads to them, as PyTorch names them:
/// `features.0.weight`. Arrays and dictionaries are walked too; ``Key`` gives a property another name.
public protocol Module: AnyObject {}

/// A module from one array to one array.
public protocol Layer: Module {
  /// The layer's output for `x`.
  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float>
}

/// A module that behaves differently in training and in evaluation.
public protocol ModeDependent: Module {
  /// Whether it behaves as in training; true when made.
  var isTraining: Bool { get set }
}

/// A module that names what it holds itself, instead of by its properties: where names are computed.
public protocol MemberListing: Module {
  /// Parameters, buffers, modules or containers of them, with their names, in order.
  var listedMembers: [(name: String, value: Any)] { get }
}

/// Gives a property another name in the paths of parameters: `@Key("self_attn") var attention = …`. An empty name leaves
/// the property out of the path.
@propertyWrapper
public struct Key<Value> {
  private var stored: Value?
  /// The name in paths.
  public let name: String

  /// The property's value.
  public var wrappedValue: Value {
    get {
      guard let stored else { fail("Key", "the property called \"\(name)\" is read before it is set") }
      return stored
    }
    set { stored = newValue }
  }

  /// A property called `name` in paths.
  public init(wrappedValue: Value, _ name: String) {
    stored = wrappedValue
    self.name = name
  }

  /// A property called `name` in paths, its value to be set in the initialiser.
  public init(_ name: String) { self.name = name }
}

/// A ``Key`` without its type.
protocol NamedProperty {
  var name: String { get }
  var content: Any { get }
}

extension Key: NamedProperty {
  var content: Any { wrappedValue }
}

/// A `Buffer` without its element type.
public protocol AnyBuffer: AnyObject {
  /// The array.
  var erased: AnyTensor { get }
  /// Replaces the array by one of the same shape and element type.
  func replace(with array: AnyTensor)
}

extension Buffer: AnyBuffer {
  /// The array without its element type.
  public var erased: AnyTensor { value.erased }

  /// Takes another array of the same shape and element type; stops on any other.
  public func replace(with array: AnyTensor) {
    guard let typed = Tensor<Scalar>(exactly: array), typed.shape == value.shape else {
      fail("buffer", "\(array.shape) of \(array.dtype) for a buffer of \(value.shape) of \(Scalar.dtype)")
    }
    value = typed
  }
}

/// One thing that a walk over a module finds.
public enum ModuleMember {
  /// A learned array.
  case parameter(Parameter)
  /// State that is not learned.
  case buffer(any AnyBuffer)
  /// A module, before what it holds.
  case module(any Module)
}

extension Module {
  /// Everything this module holds, itself first (with an empty name), in the order of declaration. What is held twice comes twice.
  public func members() -> [(name: String, member: ModuleMember)] {
    var walk = ModuleWalk()
    walk.visit(self, "")
    return walk.found
  }

  /// The parameters with their paths, each once: a tied one under the first of its names.
  public func namedParameters() -> [(name: String, parameter: Parameter)] {
    var seen: Set<ObjectIdentifier> = []
    return members().compactMap { name, member in
      guard case .parameter(let parameter) = member, seen.insert(ObjectIdentifier(parameter)).inserted else {
        return nil
      }
      return (name, parameter)
    }
  }

  /// The parameters, each once, in the order of declaration.
  public var parameters: [Parameter] { namedParameters().map(\.parameter) }

  /// The buffers with their paths.
  public func namedBuffers() -> [(name: String, buffer: any AnyBuffer)] {
    members().compactMap { name, member in
      if case .buffer(let buffer) = member { (name, buffer) } else { nil }
    }
  }

  /// This module and all within it with their paths, each once.
  public func namedModules() -> [(name: String, module: any Module)] {
    var seen: Set<ObjectIdentifier> = []
    return members().compactMap { name, member in
      guard case .module(let module) = member, seen.insert(ObjectIdentifier(module)).inserted else { return nil }
      return (name, module)
    }
  }

  /// How many numbers are learned.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.elementCount } }

  /// Puts this module and all within it into training mode.
  public func train() { setTraining(true) }
  /// Puts this module and all within it into evaluation mode.
  public func eval() { setTraining(false) }

  /// Puts this module and all within it into one mode.
  public func setTraining(_ isTraining: Bool) {
    for (_, module) in namedModules() { (module as? any ModeDependent)?.isTraining = isTraining }
  }

  /// Runs `body` in evaluation mode and without recording, then restores every module's mode.
  public func evaluating<Result>(_ body: () throws -> Result) rethrows -> Result {
    let modes = namedModules().compactMap { $0.module as? any ModeDependent }.map { ($0, $0.isTraining) }
    for (module, _) in modes { module.isTraining = false }
    defer { for (module, mode) in modes { module.isTraining = mode } }
    return try withoutGradient(body)
  }

  /// Keeps all parameters from training.
  public func freeze() { for parameter in parameters { parameter.isFrozen = true } }
  /// Lets all parameters be trained again.
  public func unfreeze() { for parameter in parameters { parameter.isFrozen = false } }

  /// Forgets the gathered gradients of all parameters.
  public func zeroGradients() { for parameter in parameters { parameter.zeroGradient() } }
}

/// The walk over a module's properties.
private struct ModuleWalk {
  var found: [(name: String, member: ModuleMember)] = []
  private var open: Set<ObjectIdentifier> = []

  mutating func visit(_ value: Any, _ path: String) {
    switch value {
    case let parameter as Parameter: found.append((path, .parameter(parameter)))
    case let buffer as any AnyBuffer: found.append((path, .buffer(buffer)))
    case let module as any Module: visit(module: module, path)
    default: visitContainer(value, path)
    }
  }

  private mutating func visit(module: any Module, _ path: String) {
    let identity = ObjectIdentifier(module)
    require(open.insert(identity).inserted, "module", "\(type(of: module)) at \"\(path)\" holds itself")
    found.append((path, .module(module)))
    defer { open.remove(identity) }
    if let listing = module as? any MemberListing {
      for (name, value) in listing.listedMembers { visit(value, join(path, name)) }
      return
    }
    var mirrors: [Mirror] = []
    var mirror: Mirror? = Mirror(reflecting: module)
    while let current = mirror {
      mirrors.append(current)
      mirror = current.superclassMirror
    }
    for mirror in mirrors.reversed() {
      for (label, value) in mirror.children {
        guard let label else { continue }
        visit(property: label, value, path)
      }
    }
  }

  private mutating func visit(property label: String, _ value: Any, _ path: String) {
    if let named = value as? any NamedProperty {
      visit(named.content, join(path, named.name))
      return
    }
    // A wrapped property's storage is `_name`; a lazy one's is `$__lazy_storage_$_name`.
    var name = Substring(label)
    if name.hasPrefix("$__lazy_storage_$_") { name = name.dropFirst("$__lazy_storage_$_".count) }
    if name.hasPrefix("_") { name = name.dropFirst() }
    visit(value, join(path, String(name)))
  }

  private mutating func visitContainer(_ value: Any, _ path: String) {
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
      if let content = mirror.children.first { visit(content.value, path) }
    case .collection:
      guard mirror.children.first.map({ isWalked($0.value) }) ?? false else { return }
      for (index, child) in mirror.children.enumerated() { visit(child.value, join(path, String(index))) }
    case .tuple:
      for (index, child) in mirror.children.enumerated() where isWalked(child.value) {
        visit(child.value, join(path, child.label.map { $0.hasPrefix(".") ? String(index) : $0 } ?? String(index)))
      }
    case .dictionary:
      let pairs = mirror.children.compactMap { child -> (String, Any)? in
        let parts = Array(Mirror(reflecting: child.value).children)
        return parts.count == 2 ? ("\(parts[0].value)", parts[1].value) : nil
      }
      for (key, value) in pairs.sorted(by: { $0.0 < $1.0 }) where isWalked(value) { visit(value, join(path, key)) }
    default: break
    }
  }

  /// Whether a value inside a container can lead to parameters: numbers and strings are not unfolded.
  private func isWalked(_ value: Any) -> Bool {
    if value is Parameter || value is any AnyBuffer || value is any Module { return true }
    switch Mirror(reflecting: value).displayStyle {
    case .optional, .collection, .tuple, .dictionary: return true
    default: return false
    }
  }

  private func join(_ path: String, _ name: String) -> String {
    path.isEmpty ? name : name.isEmpty ? path : path + "." + name
  }
}
