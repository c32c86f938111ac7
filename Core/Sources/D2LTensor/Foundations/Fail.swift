/// Stops the program with a message that names the operation: for what a caller passes wrong in code.
///
/// `precondition` loses its text in optimised builds; this keeps it.
@inline(never)
public func fail(_ operation: StaticString, _ message: String) -> Never {
  fatalError("\(operation): \(message)")
}

/// Stops with `message` unless `condition` holds. The message is built only when it is needed.
@inline(__always)
public func require(_ condition: Bool, _ operation: StaticString, _ message: @autoclosure () -> String) {
  if !condition { fail(operation, message()) }
}
