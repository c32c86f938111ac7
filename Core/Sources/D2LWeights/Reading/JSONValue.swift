/// A JSON document (RFC 8259) with the members of objects in order.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// A number that is written as an integer and fits.
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([(key: String, value: JSONValue)])
}

extension JSONValue {
  /// The members of an object.
  var members: [(key: String, value: JSONValue)]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The elements of an array.
  var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The text of a string.
  var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The value of an integer.
  var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The member of an object with this key.
  subscript(key: String) -> JSONValue? { members?.first { $0.key == key }?.value }
}
