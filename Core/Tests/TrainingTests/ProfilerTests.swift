import D2LCore
import Foundation
import Testing

/// Where the time goes, by operation and phase.
@Suite struct ProfilerTests {
  /// Three steps of a small convolutional network under a profile.
  private func profileOfTraining(keeping limit: Int = 1000) throws -> Profiler {
    let net = Sequential {
      Conv2d(1, 4, kernel: 3)
      ReLU()
      Flatten()
      Linear(4 * 26 * 26, 10)
    }
    let optimizer = SGD(net.parameters, learningRate: 0.01)
    let loader = DataLoader(SyntheticShapes.dataset(count: 24, seed: 0), batchSize: 8)
    let profiler = Profiler(keepingEvents: limit)
    try profiler.run {
      let batches = loader.batches()
      while let batch = try batches.next() {
        optimizer.zeroGradients()
        crossEntropy(net(batch.inputs), batch.labels).backward()
        clipGradients(of: net.parameters, toNorm: 1)
        optimizer.step()
      }
    }
    return profiler
  }

  private func entry(_ name: String, _ phase: ProfilePhase, in profiler: Profiler) throws -> Profiler.Entry {
    try #require(
      profiler.entries.first { $0.name == name && $0.phase == phase }, "no entry \(name) in \(phase)")
  }

  @Test func everyPhaseIsCounted() throws {
    let profiler = try profileOfTraining()
    #expect(try entry("conv2d", .forward, in: profiler).calls == 3)
    #expect(try entry("conv2d", .backward, in: profiler).calls == 3)
    #expect(try entry("linear", .forward, in: profiler).calls == 3)
    #expect(try entry("linear", .backward, in: profiler).calls == 3)
    #expect(try entry("crossEntropy", .forward, in: profiler).calls == 3)
    #expect(try entry("update", .optimizer, in: profiler).calls == 3)
    #expect(try entry("clipGradients", .optimizer, in: profiler).calls == 3)
    #expect(try entry("batch", .data, in: profiler).calls == 3)
  }

  @Test func spansDoNotOverlapAndFitIntoTheWhole() throws {
    let profiler = try profileOfTraining()
    let events = profiler.events
    #expect(events.count == profiler.entries.reduce(0) { $0 + $1.calls })
    #expect(profiler.entries.reduce(0) { $0 + $1.seconds } <= profiler.seconds)
    for (first, second) in zip(events, events.dropFirst()) {
      #expect(first.start + first.seconds <= second.start + 1e-9, "\(first.name) runs into \(second.name)")
    }
  }

  @Test func spansBeyondTheLimitAreCountedButNotKept() throws {
    let (all, few) = (try profileOfTraining(), try profileOfTraining(keeping: 5))
    #expect(few.events.count == 5)
    #expect(few.droppedEvents == all.events.count - 5)
    #expect(few.entries.reduce(0) { $0 + $1.calls } == all.events.count)
  }

  @Test func moreSpansThanTheBufferHolds() {
    let profiler = Profiler(keepingEvents: 10)
    let x = Tensor<Float>([1, 2])
    profiler.run { for _ in 0..<10_000 { _ = x + x } }
    #expect(profiler.entries.map(\.calls) == [10_000])
    #expect(profiler.entries.map(\.name) == ["add"])
  }

  @Test func nothingIsMeasuredOutside() {
    let profiler = Profiler()
    let x = Tensor<Float>([1, 2])
    profiler.run { _ = x * x }
    _ = x + x
    #expect(profiler.entries.map(\.name) == ["multiply"])
  }

  @Test func traceIsJSONWithEverySpan() throws {
    let profiler = try profileOfTraining()
    let trace = try #require(
      try JSONSerialization.jsonObject(with: Data(profiler.chromeTrace.utf8)) as? [String: Any])
    let spans = try #require(trace["traceEvents"] as? [[String: Any]])
    #expect(spans.count == profiler.events.count)
    #expect(spans.allSatisfy { $0["ph"] as? String == "X" && ($0["dur"] as? Double ?? -1) >= 0 })
    #expect(Set(spans.compactMap { $0["cat"] as? String }) == ["forward", "backward", "optimizer", "data"])
  }

  @Test func tableAddsUp() throws {
    let profiler = try profileOfTraining()
    let rows = profiler.table.rows
    #expect(rows.first { $0[0] == "conv2d" }?[1] == "3")
    let parts = rows.dropLast().compactMap { Double($0[6]) }
    let all = try #require(Double(rows.last?[6] ?? ""))
    #expect(abs(parts.reduce(0, +) - all) < 0.01 * Double(rows.count))
  }
}
