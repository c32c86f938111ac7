/// Stops at a mistake in the calling code; unlike `precondition`, the text survives optimisation.
@inline(never)
func fail(_ operation: StaticString, _ message: String) -> Never {
  fatalError("\(operation): \(message)")
}
