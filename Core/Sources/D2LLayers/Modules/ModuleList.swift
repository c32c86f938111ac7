/// Modules in a list, named by position: `blocks.0.weight`. A plain array of modules works as well; this one is a module itself.
public final class ModuleList<Element>: Module, RandomAccessCollection {
  @Key("") private var elements: [Element] = []

  /// The given modules in order.
  public init(_ elements: [Element] = []) { self.elements = elements }

  /// 0.
  public var startIndex: Int { 0 }
  /// How many modules there are.
  public var endIndex: Int { elements.count }

  /// The module at a position; setting puts another in its place.
  public subscript(index: Int) -> Element {
    get { elements[index] }
    set { elements[index] = newValue }
  }

  /// Adds a module at the end.
  public func append(_ element: Element) { elements.append(element) }
}
