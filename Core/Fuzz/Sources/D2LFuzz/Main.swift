import CD2LFuzz
import Foundation

/// `D2LFuzz list`, `D2LFuzz corpus TARGET FOLDER TESTS`, `D2LFuzz run TARGET [options and folders of libFuzzer]`.
@main enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    switch arguments.count > 1 ? arguments[1] : "" {
    case "list":
      for target in FuzzTarget.all {
        print(target.name.padding(toLength: 16, withPad: " ", startingAt: 0), target.summary)
      }
    case "corpus" where arguments.count == 5:
      try Corpus.write(named(arguments[2]), to: arguments[3], tests: arguments[4])
    case "run" where arguments.count > 2:
      run(named(arguments[2]), Array(arguments.dropFirst(3)))
    default: stop("D2LFuzz list | corpus TARGET FOLDER TESTS | run TARGET [options of libFuzzer] [FOLDER …]")
    }
  }

  private static func named(_ name: String) -> FuzzTarget {
    if let target = FuzzTarget.all.first(where: { $0.name == name }) { return target }
    stop("no target \"\(name)\"; there are " + FuzzTarget.all.map(\.name).joined(separator: ", "))
  }

  private static func stop(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(2)
  }

  private static func run(_ target: FuzzTarget, _ options: [String]) -> Never {
    Harness.target = target
    // The driver ends the process by itself.
    atexit {
      let text = String(
        format: "%@: at most %.1f MiB and %.3f s for an input\n", Harness.target.name,
        Double(d2l_watch_peak()) / 0x1p20, d2l_watch_longest())
      FileHandle.standardError.write(Data(text.utf8))
    }
    // It keeps pointers to its arguments for as long as it runs.
    var arguments = ([CommandLine.arguments[0], "-max_len=\(target.maximumLength)"] + options).map { strdup($0) }
    var count = Int32(arguments.count)
    let code = arguments.withUnsafeMutableBufferPointer { buffer -> Int32 in
      var start = buffer.baseAddress
      return LLVMFuzzerRunDriver(&count, &start) { data, size in
        Harness.run(UnsafeBufferPointer(start: data, count: size))
        return 0
      }
    }
    exit(code)
  }
}
