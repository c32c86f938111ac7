import CD2LKernels

/// A block of memory that arrays share until one of them is changed.
///
/// Sendable like the buffer of a Swift array: it is written only while one owner holds it, which the reference count shows.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  /// What keeps borrowed memory alive (a mapped file); nil for memory of our own.
  private let lender: AnyObject?

  /// New memory, contents undefined, aligned to 64 bytes.
  init(byteCount: Int) {
    pointer = d2l_allocate(byteCount)
    self.byteCount = byteCount
    lender = nil
  }

  /// Memory that belongs to `lender`, to be read only.
  init(borrowing pointer: UnsafeRawPointer, byteCount: Int, from lender: AnyObject) {
    self.pointer = UnsafeMutableRawPointer(mutating: pointer)
    self.byteCount = byteCount
    self.lender = lender
  }

  var isBorrowed: Bool { lender != nil }

  deinit {
    if lender == nil { d2l_free(pointer, byteCount) }
  }
}

/// Counters of the calling thread, for tests that hold the library to its promises.
public enum TensorStatistics {
  /// How many whole-array copies this thread has made because a changed array was shared.
  public static var copiesOnWrite: Int { Int(d2l_current_thread_state().pointee.copies_on_write) }
}
