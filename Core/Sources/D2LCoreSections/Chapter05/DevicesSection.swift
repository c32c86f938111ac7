import ArgumentParser
import D2LCommands
import D2LCore

/// A place where arrays lie and are computed on. This library knows one.
package enum Device: Hashable, CustomStringConvertible {
  /// The processor and its memory, shared by all threads.
  case cpu

  /// The accelerator of that number or, as here always, the processor (book 5.6, `try_gpu`).
  package static func accelerator(_ number: Int = 0) -> Device {
    accelerators.indices.contains(number) ? accelerators[number] : .cpu
  }

  /// All accelerators: none.
  package static let accelerators: [Device] = []

  /// All accelerators or, without any, the processor (book 5.6, `try_all_gpus`).
  package static var available: [Device] { accelerators.isEmpty ? [.cpu] : accelerators }

  package var description: String { "cpu" }
}

/// Section 5.6, on a machine's processor: what computes, where arrays lie, and when they are copied.
struct DevicesSection: Section {
  static let info = SectionInfo(number: "5.6", title: "GPUs", package: "core", command: "devices", data: "none")

  @OptionGroup var options: ExampleOptions

  func run() throws {
    let run = try ExampleRun(Self.info, options)

    run.part("Computing devices")
    run.say(
      "This build computes on the processor alone. What the book asks of GPUs falls back to it, as the book's own functions do."
    )
    run.show("accelerators", Device.accelerators.count)
    run.show("Device.accelerator()", "\(Device.accelerator())")
    run.show("Device.accelerator(10)", "\(Device.accelerator(10))")
    run.show("Device.available", "\(Device.available)")
    run.show("threads", Engine.threads)
    run.show("instructions", Engine.processorLevel)
    run.show("matrix products", "OpenBLAS with its kernels for \(Engine.blas.coreAfter)")

    run.part("Tensors and their place")
    let before = Engine.memory.inUse
    let x = Tensor<Float>(ones: [2, 3])
    run.show("x", x)
    run.show("bytes of memory that x takes", Engine.memory.inUse - before)

    run.part("Copying")
    run.say(
      "A copy of an array shares its memory, wherever it is handed. Only the first write to one of the two copies it.")
    let copies = TensorStatistics.copiesOnWrite
    var z = x
    run.show("copies after z = x", TensorStatistics.copiesOnWrite - copies)
    z += 1
    run.show("copies after z += 1", TensorStatistics.copiesOnWrite - copies)
    z += 1
    run.show("copies after another z += 1", TensorStatistics.copiesOnWrite - copies)
    run.show("x after both", x)
    run.show("z", z)

    run.part("Neural networks")
    let net = run.source.scope { Sequential { Linear(3, 1) } }
    run.show("Linear(3, 1) of x", net(x).detached())

    run.part("Many at once")
    // What a GPU is for: the same work on many units. Here the units are the processor's threads, and the result does not depend on their number.
    let size = options.quick ? 256 : 1024
    let a = run.source.scope { Tensor<Float>(randomNormal: [size, size]) }
    let threads = Engine.threads
    var results: [Tensor<Float>] = []
    for count in Set([1, threads]).sorted() {
      Engine.threads = count
      results.append(a.matmul(a))
      var stopwatch = Stopwatch()
      for _ in 0..<5 { _ = stopwatch.measure { a.matmul(a) } }
      let rate = 2 * Double(size * size * size) / (stopwatch.times.min() ?? .nan) / 1e9
      run.show("GFLOP/s of a \(size)×\(size) product, threads: \(count)", rate, decimals: 0)
    }
    Engine.threads = threads
    if let first = results.first, let last = results.last {
      run.show("largest difference between them", (first - last).norm(.infinity))
    }
    try run.finish()
  }
}
