import D2LBench
import D2LCommands
import D2LCore
import Foundation

extension Finding {
  /// Processor, threads, memory, system, compiler.
  static func machine() -> [Finding] {
    let info = ProcessInfo.processInfo
    return [
      Finding(.ok, "processor", "\(Machine.processorName), \(info.activeProcessorCount) in use"),
      features(),
      Finding(.ok, "threads", "\(Engine.threads) (change with --threads)"),
      memory(),
      Finding(.ok, "system", info.operatingSystemVersionString),
      swift(),
    ]
  }

  private static func features() -> Finding {
    let level = Engine.processorLevel
    let text = "\(Engine.processorFeatures); kernels for \(level)"
    guard level == "baseline" else { return Finding(.ok, "features", text) }
    return Finding(
      .warn, "features", text, advice: "this processor (or the virtual machine) has no AVX2; training will be slow")
  }

  private static func memory() -> Finding {
    func gigabytes(_ bytes: Double) -> String { fixed(bytes / 1_073_741_824, 1) + " GiB" }
    let total = Double(ProcessInfo.processInfo.physicalMemory)
    guard let available = Machine.availableMemory else { return Finding(.ok, "memory", gigabytes(total)) }
    let text = "\(gigabytes(total)), \(gigabytes(available)) available"
    guard available < 1_073_741_824 else { return Finding(.ok, "memory", text) }
    return Finding(.warn, "memory", text, advice: "close other programs, or use a smaller --batch-size")
  }

  private static func swift() -> Finding {
    let advice = "Swift 6.2 or later builds these packages: see https://www.swift.org/install"
    guard let output = try? Subprocess("swift --version 2>/dev/null").run().output,
      let line = output.split(separator: "\n").first(where: { $0.contains("Swift version") })
    else { return Finding(.warn, "Swift", "no `swift` on the PATH", advice: advice) }
    let version = line.split(separator: " ").first { $0.first?.isNumber == true } ?? "0"
    let isRecent = version.compare("6.2", options: .numeric) != .orderedAscending
    return Finding(isRecent ? .ok : .warn, "Swift", String(line), advice: isRecent ? nil : advice)
  }

  /// The libraries underneath.
  static func libraries() -> [Finding] {
    [
      openBLAS(),
      Finding(.ok, "libpng", ImageLibraries.png),
      Finding(.ok, "libjpeg", ImageLibraries.jpeg),
      Finding(.ok, "zlib", Gzip.libraryVersion),
    ]
  }

  private static func openBLAS() -> Finding {
    let blas = Engine.blas
    let kernels =
      blas.coreBefore == blas.coreAfter
      ? "kernels for \(blas.coreAfter)" : "kernels for \(blas.coreAfter), \(blas.coreBefore) by its own choice"
    let text = "\(blas.version.trimmingCharacters(in: .whitespaces)); \(kernels)"
    guard Engine.processorLevel == "avx512", ["Haswell", "Zen"].contains(blas.coreAfter) else {
      return Finding(.ok, "OpenBLAS", text)
    }
    let isForced = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] != nil
    return Finding(
      .warn, "OpenBLAS", text,
      advice: isForced
        ? "half of the processor's speed is unused; unset OPENBLAS_CORETYPE"
        : "half of the processor's speed is unused; a newer OpenBLAS may know this processor")
  }
}

/// Facts that Foundation does not tell.
enum Machine {
  /// "AMD EPYC 9B45", say.
  static var processorName: String {
    #if os(macOS)
      let output = try? Subprocess("sysctl -n machdep.cpu.brand_string").run().output
      return output?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    #else
      let name = field(of: "/proc/cpuinfo", "model name") ?? field(of: "/proc/cpuinfo", "CPU part")
      return name ?? "unknown"
    #endif
  }

  /// Bytes that programs can have without swapping; nil where the system does not tell.
  static var availableMemory: Double? {
    field(of: "/proc/meminfo", "MemAvailable")?.split(separator: " ").first.flatMap { Double($0) }.map { $0 * 1024 }
  }

  private static func field(of path: String, _ name: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
      let colon = line.firstIndex(of: ":")
    else { return nil }
    return line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
  }
}
