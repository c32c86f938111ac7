import CD2LFuzz
import D2LFiles
import D2LImages

/// Runs one target, input by input, within the bounds that hold for every parser.
enum Harness {
  /// Memory beyond this and four times the input's size is a find.
  static let spareMemory = 64 << 20
  /// Processor time for one input, in seconds, with all instrumentation on.
  static let seconds: Int32 = 1

  // Set once, before libFuzzer's loop begins.
  nonisolated(unsafe) static var target = FuzzTarget.all[0]

  static func run(_ data: UnsafeBufferPointer<UInt8>) {
    let input = FuzzInput(bytes: Array(data))
    d2l_watch_begin(4 * data.count + spareMemory, seconds)
    defer { d2l_watch_end() }
    do {
      try target.run(input)
    } catch let error as FileError {
      requireText(error.description)
    } catch let error as ImageError {
      requireText(error.description)
    } catch {
      fatalError("an error of no type that the library documents: \(error)")
    }
  }

  /// What a user would see of an error is made too: it must not be empty, and must not be out of proportion.
  static func requireText(_ description: String) {
    guard !description.isEmpty, description.utf8.count < 1 << 16 else {
      fatalError("an error of \(description.utf8.count) bytes of text")
    }
  }

  /// Reads a part that may fail on its own, after which others are still to be read.
  static func tolerating(_ body: () throws(FileError) -> Void) {
    do throws(FileError) { try body() } catch { requireText(error.description) }
  }

  static func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int, _ seed: UInt32) -> Int {
    let size = LLVMFuzzerMutate(data, size, maximum)
    // One in four keeps its wrong checksums, which must be refused.
    guard let repair = target.repair, seed % 4 != 0 else { return size }
    var bytes = Array(UnsafeBufferPointer(start: data, count: size))
    repair(&bytes)
    guard bytes.count <= maximum else { return size }
    UnsafeMutableBufferPointer(start: data, count: maximum).prefix(bytes.count).withContiguousMutableStorageIfAvailable
    {
      _ = $0.update(from: bytes)
    }
    return bytes.count
  }
}

/// libFuzzer finds this by its name.
@_cdecl("LLVMFuzzerCustomMutator")
func fuzzerMutator(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ maximum: Int, _ seed: UInt32) -> Int {
  Harness.mutate(data, size, maximum, seed)
}
