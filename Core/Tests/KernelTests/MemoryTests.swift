import CD2LKernels
import Foundation
import Testing

/// Not so under the address sanitizer, where every block is its own.
private let blocksAreKept: Bool = {
  d2l_free(d2l_allocate(1000), 1000)
  return d2l_memory().cached > 0
}()

// Counters belong to the process, and other tests allocate at the same time: what looks at them runs in a process of its own.
@Suite struct MemoryTests {
  @Test func blocksAreAlignedApartAndWhole() {
    var generator = TestGenerator(23)
    var blocks: [(UnsafeMutableRawPointer, Int, UInt8)] = []
    var small = Array(0...300)
    small += [1 << 12, 65_535, 65_536, 65_537, 100_000, 1 << 20, (1 << 20) + 1, 3 << 20, (8 << 20) + 5]
    for (index, bytes) in small.shuffled(using: &generator).enumerated() {
      guard let block = d2l_allocate(bytes) else {
        Issue.record("no memory for \(bytes) bytes")
        return
      }
      #expect(UInt(bitPattern: block) % 64 == 0)
      memset(block, Int32(index & 255), bytes)
      blocks.append((block, bytes, UInt8(index & 255)))
    }
    for (block, bytes, mark) in blocks {
      let whole = UnsafeRawBufferPointer(start: block, count: bytes).allSatisfy { $0 == mark }
      #expect(whole, "a block of \(bytes) bytes was overwritten")
      d2l_free(block, bytes)
    }
  }

  @Test(.enabled(if: blocksAreKept)) func countersAndReuse() async {
    await #expect(processExitsWith: .success) {
      func require(_ condition: Bool, _ message: String) { if !condition { fatalError("\(message): \(d2l_memory())") } }
      let start = d2l_memory()
      require(start.in_use == 0 && start.requests == 0 && start.peak == 0, "a fresh process")
      for bytes in [1, 65, 1000, 65_536, 70_000, 5_000_000] {
        let before = d2l_memory()
        let block = d2l_allocate(bytes)
        let during = d2l_memory()
        let held = during.in_use - before.in_use
        require(held >= bytes && held <= max(64, bytes + bytes / 4 + 64), "a block of \(bytes) bytes holds \(held)")
        require(during.requests == before.requests + 1 && during.peak >= during.in_use, "counting")
        require(during.from_system == before.from_system + 1, "a first block comes from the system")
        d2l_free(block, bytes)
        let after = d2l_memory()
        require(after.in_use == before.in_use && after.cached == before.cached + held, "giving back")
        let again = d2l_allocate(bytes)
        require(again == block, "the block just freed serves the next request")
        require(d2l_memory().from_system == during.from_system, "without the system")
        d2l_free(again, bytes)
      }
      d2l_free(nil, 100)
      require(d2l_memory().cached > 5_000_000, "blocks are kept")
      d2l_empty_cache()
      require(d2l_memory().cached == 0 && d2l_memory().in_use == 0, "emptied")
    }
  }

  @Test(.enabled(if: blocksAreKept)) func theCacheIsBounded() async {
    await #expect(processExitsWith: .success) {
      func require(_ condition: Bool, _ message: String) { if !condition { fatalError("\(message): \(d2l_memory())") } }
      let limit = 16 << 20
      d2l_set_cache_limit(limit)
      var blocks: [(UnsafeMutableRawPointer?, Int)] = []
      for round in 0..<20 {
        for bytes in [200_000, 3_000_000, 70_000 + round * 50_000] { blocks.append((d2l_allocate(bytes), bytes)) }
      }
      require(d2l_memory().in_use > limit, "more than the limit is in use")
      for (block, bytes) in blocks { d2l_free(block, bytes) }
      require(d2l_memory().cached <= limit && d2l_memory().cached > limit / 2, "the cache keeps what it may")
      // A block beyond the limit is not kept, and does not drive out the others.
      let cached = d2l_memory().cached
      d2l_free(d2l_allocate(limit * 2), limit * 2)
      require(d2l_memory().cached == cached, "a block beyond the limit")
      d2l_set_cache_limit(1 << 20)
      require(d2l_memory().cached <= 1 << 20, "a new limit holds at once")
      // What was idle longest leaves first.
      d2l_set_cache_limit(limit)
      d2l_empty_cache()
      let old = 6 << 20
      let new = 7 << 20
      d2l_free(d2l_allocate(old), old)
      d2l_free(d2l_allocate(new), new)
      d2l_free(d2l_allocate(5 << 20), 5 << 20)
      let before = d2l_memory().from_system
      d2l_free(d2l_allocate(new), new)
      require(d2l_memory().from_system == before, "the newer block is still there")
      d2l_free(d2l_allocate(old), old)
      require(d2l_memory().from_system == before + 1, "the older one has gone")
    }
  }

  @Test(.enabled(if: blocksAreKept)) func threadsGiveBackWhatTheyKept() async {
    await #expect(processExitsWith: .success) {
      func require(_ condition: Bool, _ message: String) { if !condition { fatalError("\(message): \(d2l_memory())") } }
      func onThread(_ body: @escaping @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        #if canImport(Darwin)
          var thread: pthread_t?
          pthread_create(&thread, &attributes, { body($0) }, nil)
          if let thread { pthread_join(thread, nil) }
        #else
          var thread = pthread_t()
          pthread_create(&thread, &attributes, body, nil)
          pthread_join(thread, nil)
        #endif
      }
      onThread { _ in
        let blocks = (0..<100).map { _ in d2l_allocate(1000) }
        for block in blocks { d2l_free(block, 1000) }
        return nil
      }
      let after = d2l_memory()
      require(after.in_use == 0 && after.requests == 100, "the counts of a thread survive it")
      require(after.cached >= 100 * 1000, "its blocks are kept")
      let before = after.from_system
      let blocks = (0..<100).map { _ in d2l_allocate(1000) }
      require(d2l_memory().from_system == before, "and serve another thread")
      for block in blocks { d2l_free(block, 1000) }
      d2l_empty_cache()
      require(d2l_memory().cached == 0, "none is lost")
    }
  }

  /// One side allocates, the other frees; all blocks come round again.
  @Test func blocksCrossThreads() async {
    let total = 200_000
    await withTaskGroup(of: Bool.self) { group in
      for worker in 0..<4 {
        group.addTask {
          var generator = TestGenerator(worker)
          var held: [(UInt, Int)] = []
          for _ in 0..<total / 4 {
            let bytes = Int.random(in: 1...70_000, using: &generator)
            guard let block = d2l_allocate(bytes) else { return false }
            block.storeBytes(of: UInt8(worker), as: UInt8.self)
            held.append((UInt(bitPattern: block), bytes))
            if held.count > 100 {
              let (address, size) = held.swapRemove(at: Int.random(in: held.indices, using: &generator))
              guard let block = UnsafeMutableRawPointer(bitPattern: address) else { return false }
              if block.load(as: UInt8.self) != UInt8(worker) { return false }
              d2l_free(block, size)
              await Task.yield()  // to continue on another thread
            }
          }
          for (address, size) in held { d2l_free(UnsafeMutableRawPointer(bitPattern: address), size) }
          return true
        }
      }
      for await whole in group { #expect(whole) }
    }
  }
}

extension Array {
  fileprivate mutating func swapRemove(at index: Int) -> Element {
    swapAt(index, count - 1)
    return removeLast()
  }
}
