import CD2LKernels
import Foundation
import Testing

/// Counts how often each element was visited, and remembers where pieces began.
private final class Visits: @unchecked Sendable {  // pieces write to disjoint elements
  let counts: UnsafeMutablePointer<Int32>
  let begins: UnsafeMutablePointer<Bool>
  let count: Int
  init(_ count: Int) {
    self.count = count
    counts = .allocate(capacity: max(count, 1))
    begins = .allocate(capacity: max(count, 1))
    counts.initialize(repeating: 0, count: count)
    begins.initialize(repeating: false, count: count)
  }
  deinit {
    counts.deallocate()
    begins.deallocate()
  }
  func run(grain: Int) {
    d2l_parallel_for(
      Int64(count), Int64(grain),
      { context, begin, end in
        guard let context else { return }
        let visits = Unmanaged<Visits>.fromOpaque(context).takeUnretainedValue()
        visits.begins[Int(begin)] = true
        for i in Int(begin)..<Int(end) { visits.counts[i] += 1 }
      }, Unmanaged.passUnretained(self).toOpaque())
  }
  var once: Bool { (0..<count).allSatisfy { counts[$0] == 1 } }
  var pieces: [Int] { (0..<count).filter { begins[$0] } }
}

@Suite(.serialized) struct ParallelTests {
  private func withThreads(_ count: Int32, _ body: () -> Void) {
    let before = d2l_threads()
    d2l_set_threads(count)
    #expect(d2l_threads() == min(max(count, 1), 256))
    body()
    d2l_set_threads(before)
  }

  @Test func everyElementOnceInTheSamePieces() {
    for (count, grain) in [(0, 1), (1, 1), (1, 5), (10, 3), (100, 1), (1000, 7), (12_345, 100), (5, 0)] {
      for threads: Int32 in [1, 2, 3, 8, 0, 300] {
        withThreads(threads) {
          for _ in 0..<20 {
            let visits = Visits(count)
            visits.run(grain: grain)
            #expect(visits.once)
            if threads <= 256 { #expect(visits.pieces == Array(stride(from: 0, to: count, by: max(grain, 1)))) }
          }
        }
      }
    }
  }

  @Test func nestedCallsRunWhole() {
    withThreads(3) {
      let inner = (0..<8).map { _ in Visits(1000) }
      inner.withUnsafeBufferPointer { inner in
        d2l_parallel_for(
          8, 1,
          { context, begin, end in
            guard let context else { return }
            let inner = context.assumingMemoryBound(to: Visits.self)
            for i in Int(begin)..<Int(end) { inner[i].run(grain: 10) }
          }, UnsafeMutableRawPointer(mutating: inner.baseAddress))
      }
      #expect(inner.filter { !$0.once }.isEmpty)
    }
  }

  @Test func manyCallersAndChangingThreadCounts() async {
    let before = d2l_threads()
    await withTaskGroup(of: Bool.self) { group in
      for caller in 0..<6 {
        group.addTask {
          for round in 0..<300 {
            if caller == 0 && round % 10 == 0 { d2l_set_threads(Int32(round / 10 % 4) + 1) }
            let visits = Visits(500 + caller)
            visits.run(grain: 16)
            if !visits.once { return false }
          }
          return true
        }
      }
      for await all in group { #expect(all) }
    }
    d2l_set_threads(before)
  }

  /// Sleeping workers wake, and a caller does not wait for those that come too late.
  @Test func afterAPause() {
    withThreads(2) {
      for _ in 0..<50 {
        usleep(500)
        let visits = Visits(64)
        visits.run(grain: 1)
        #expect(visits.once)
      }
    }
  }

  @Test func resultsDoNotDependOnTheThreads() {
    var generator = TestGenerator(24)
    let count = 300_001
    let x: [Float] = generator.numbers(count)
    let y: [Float] = generator.numbers(count, 0.1...3)
    let doubles: [Double] = generator.numbers(count)
    for op in [D2L_SUM, D2L_PROD, D2L_SUM_SQUARES, D2L_SUM_ABS, D2L_LOG_SUM_EXP, D2L_REDUCE_MAX] {
      for (outer, rows, inner) in [
        (1, count, 1), (3, 100_000, 1), (1, 3000, 100), (1, 100_000, 3), (30, 100, 100), (1, 100, 3000),
      ] {
        let results = outer * inner
        #expect(
          sameForAllThreadCounts {
            filled(results, as: Float.self) {
              d2l_reduce(D2L_FLOAT, op, x, $0, Int64(outer), Int64(rows), Int64(inner))
            }
          })
        #expect(
          sameForAllThreadCounts {
            filled(results, as: Double.self) {
              d2l_reduce(D2L_DOUBLE, op, doubles, $0, Int64(outer), Int64(rows), Int64(inner))
            }
          })
      }
    }
    #expect(
      sameForAllThreadCounts {
        filled(300, as: Float.self) { mean in
          var variance = [Float](repeating: 0, count: 300)
          d2l_mean_variance(D2L_FLOAT, x, mean, &variance, 3, 1000, 100, 0)
          for i in 0..<300 { mean[i] += variance[i] }
        }
      })
    for op in [D2L_EXP, D2L_TANH, D2L_SIN, D2L_GELU] {
      #expect(
        sameForAllThreadCounts { filled(count, as: Float.self) { d2l_unary(D2L_FLOAT, op, x, $0, Int64(count), 0, 0) } }
      )
    }
    for op in [D2L_ADD, D2L_POW] {
      #expect(
        sameForAllThreadCounts { filled(count, as: Float.self) { d2l_binary(D2L_FLOAT, op, y, x, $0, Int64(count)) } })
    }
    #expect(
      sameForAllThreadCounts {
        filled(count, as: Float.self) { d2l_random_normal(D2L_FLOAT, $0, Int64(count), 5, 0, 0, 1) }
      })
    let index = (0..<3000).map { _ in Int64.random(in: 0..<50, using: &generator) }
    for inner in [1, 20, 100] {
      #expect(
        sameForAllThreadCounts {
          filled(50 * inner, as: Float.self) {
            $0.update(repeating: 0, count: 50 * inner)
            d2l_take_add(D2L_FLOAT, x, index, $0, 1, 50, Int64(inner), 3000)
          }
        })
    }
    #expect(
      sameForAllThreadCounts {
        filled(count, as: Float.self) { w in
          w.update(from: x, count: count)
          var m = y
          var s = y
          d2l_adam(D2L_FLOAT, w, y, &m, &s, nil, Int64(count), 0.1, 0.9, 0.99, 1e-8, 0.1, true, 3)
        }
      })
  }

  @Test func processorAndLibrary() {
    let level = String(cString: d2l_cpu_level())
    #expect(["avx512", "avx2", "baseline", "neon"].contains(level))
    let features = String(cString: d2l_cpu_features()).split(separator: " ")
    if level == "avx512" { #expect(features.contains("avx512f") && features.contains("avx2")) }
    if level == "avx2" { #expect(features.contains("avx2") && features.contains("fma")) }
    d2l_blas_prepare()
    let blas = d2l_blas()
    #expect(String(cString: blas.version).contains("OpenBLAS"))
    let (before, after) = (String(cString: blas.core_before), String(cString: blas.core_after))
    if ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] != nil {
      #expect(before == after)  // the user's choice stands
    } else if features.contains("avx512f") && ["Haswell", "Zen"].contains(before) {
      #expect(after == "SkylakeX")
    }
  }
}
