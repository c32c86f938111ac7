import D2LData
import D2LTensor
import D2LTestSupport
import Foundation
import Testing

/// Gives numbers and random draws back, slowly for some, and fails at one example.
private struct NumberedDataset: Dataset {
  struct Failure: Error, Equatable { let number: Int }
  struct Batch: Sendable, Equatable {
    let numbers: [Int]
    let draw: UInt64
  }

  let count: Int
  var failing: Int?
  var isSlow = false

  func batch(_ numbers: [Int], using generator: inout RandomGenerator) throws -> Batch {
    if let failing, numbers.contains(failing) { throw Failure(number: failing) }
    // Early batches take longest, so that later ones are ready before them.
    if isSlow, let first = numbers.first { usleep(UInt32(max(0, 8 - first / 4)) * 500) }
    return Batch(numbers: numbers, draw: generator.next())
  }
}

private func all<Source>(_ loader: DataLoader<Source>, epoch: Int = 0, from first: Int = 0) throws -> [Source.Batch] {
  let batches = loader.batches(epoch: epoch, from: first)
  var result: [Source.Batch] = []
  while let batch = try batches.next() { result.append(batch) }
  return result
}

@Suite struct DataLoaderTests {
  @Test(arguments: [(0, 1), (1, 1), (2, 1), (5, 3), (20, 4)]) func orderDoesNotDependOnThreads(
    _ prefetch: Int, _ workers: Int
  ) throws {
    let plain = DataLoader(NumberedDataset(count: 43), batchSize: 4, shuffled: true, seed: 5, prefetch: 0)
    let threaded = DataLoader(
      NumberedDataset(count: 43, isSlow: true), batchSize: 4, shuffled: true, seed: 5, prefetch: prefetch,
      workers: workers)
    for epoch in 0..<2 { #expect(try all(threaded, epoch: epoch) == all(plain, epoch: epoch)) }
  }

  @Test func anEpochHasEveryExampleOnce() throws {
    let loader = DataLoader(NumberedDataset(count: 43), batchSize: 4, shuffled: true, seed: 5)
    let first = try all(loader)
    #expect(first.count == loader.batchCount && first.map(\.numbers.count) == Array(repeating: 4, count: 10) + [3])
    #expect(first.flatMap(\.numbers).sorted() == Array(0..<43))
    let second = try all(loader, epoch: 1)
    #expect(
      second.map(\.numbers) != first.map(\.numbers) && Set(first.map(\.draw)).isDisjoint(with: second.map(\.draw)))
    let other = DataLoader(NumberedDataset(count: 43), batchSize: 4, shuffled: true, seed: 6)
    #expect(try all(other).map(\.numbers) != first.map(\.numbers))
    let dropping = DataLoader(NumberedDataset(count: 43), batchSize: 4, droppingLast: true)
    #expect(try all(dropping).flatMap(\.numbers) == Array(0..<40))
    #expect(dropping.batchCount == 10)
  }

  @Test func goesOnFromAnyBatch() throws {
    let loader = DataLoader(NumberedDataset(count: 22), batchSize: 4, shuffled: true, seed: 1, prefetch: 3, workers: 2)
    let whole = try all(loader, epoch: 3)
    for first in 0...7 { #expect(try all(loader, epoch: 3, from: first) == Array(whole.dropFirst(first))) }
  }

  @Test(arguments: [0, 1, 4]) func errorsSurfaceWhereTheyBelong(_ prefetch: Int) throws {
    let loader = DataLoader(NumberedDataset(count: 40, failing: 9), batchSize: 4, prefetch: prefetch, workers: 2)
    let batches = loader.batches()
    #expect(try batches.next()?.numbers == [0, 1, 2, 3])
    #expect(try batches.next()?.numbers == [4, 5, 6, 7])
    #expect(throws: NumberedDataset.Failure(number: 9)) { try batches.next() }
    #expect(try batches.next()?.numbers == [12, 13, 14, 15])
  }

  @Test func loadersThatAreLeftEnd() throws {
    for _ in 0..<20 {
      let batches = DataLoader(NumberedDataset(count: 400), batchSize: 2, prefetch: 2, workers: 3).batches()
      _ = try batches.next()
    }
    #expect(try all(DataLoader(NumberedDataset(count: 0), batchSize: 3)).isEmpty)
  }
}

@Suite struct SamplerTests {
  @Test func weightedDrawsFollowTheWeights() {
    var generator = RandomGenerator(seed: 3)
    let draws = WeightedSampler(weights: [1, 0, 3, 4], count: 8000).order(using: &generator)
    for (number, expected) in [1000, 0, 3000, 4000].enumerated() {
      #expect(abs(draws.count { $0 == number } - expected) <= 4 * 45)
    }
    #expect(draws.count { $0 == 1 } == 0)
  }

  @Test func withoutReplacementNothingComesTwice() {
    var generator = RandomGenerator(seed: 4)
    var first = [0, 0, 0, 0]
    for _ in 0..<2000 {
      let order = WeightedSampler(weights: [1, 0, 3, 4], count: 3, replacing: false).order(using: &generator)
      #expect(order.sorted() == [0, 2, 3])
      first[order[0]] += 1
    }
    for (number, expected) in [250, 0, 750, 1000].enumerated() { #expect(abs(first[number] - expected) <= 4 * 23) }
  }

  @Test func aLoaderTakesAnySampler() throws {
    let dataset = NumberedDataset(count: 3)
    let loader = DataLoader(dataset, batchSize: 5, sampler: WeightedSampler(weights: [0, 1, 0], count: 12))
    #expect(loader.batchCount == 3)
    #expect(try all(loader).flatMap(\.numbers) == Array(repeating: 1, count: 12))
  }
}

@Suite struct DatasetViewTests {
  private func regression(_ range: Range<Int>) -> RegressionDataset {
    RegressionDataset(
      inputs: Tensor(range.map { [Float($0), Float($0) * 2] }), targets: Tensor(range.map { -Float($0) }))
  }

  @Test func joinedDatasetsKeepTheOrderAskedFor() throws {
    var generator = RandomGenerator(seed: 0)
    let joined = ConcatDataset([regression(0..<3), regression(3..<3), regression(3..<8)])
    let numbers = [7, 0, 4, 2, 3, 1]
    let batch = try joined.batch(numbers, using: &generator)
    #expect(joined.count == 8 && batch.inputs == Tensor(numbers.map { [Float($0), Float($0) * 2] }))
    #expect(batch.targets == Tensor(numbers.map { -Float($0) }))
    #expect(try joined.batch([6, 5], using: &generator).targets == Tensor([-6, -5]))
    let labeled = TensorDataset(inputs: Tensor([[1], [2]]), labels: Tensor([1, 0]))
    #expect(try ConcatDataset([labeled, labeled]).batch([3, 0], using: &generator).labels == Tensor([0, 1]))
  }

  @Test func mapsAndSubsets() throws {
    var generator = RandomGenerator(seed: 0)
    let odd = regression(0..<10).subset(stride(from: 1, to: 10, by: 2))
    #expect(try odd.mapped { $0.targets.values }.batch([4, 0], using: &generator) == [-9, -1])
    let noisy = MappedDataset(odd) { batch, generator in generator.next() }
    let loader = DataLoader(noisy, batchSize: 2, workers: 2)
    let draws = try all(loader)
    #expect(try all(loader) == draws && Set(draws).count == 3)
  }

  @Test func splitsAndFoldsAreWholeAndDisjoint() {
    let data = regression(0..<23)
    let parts = data.randomSplit([15, 5, 3], seed: 1)
    #expect(parts.map(\.count) == [15, 5, 3] && parts.flatMap(\.numbers).sorted() == Array(0..<23))
    #expect(data.randomSplit([15, 5, 3], seed: 1).map(\.numbers) == parts.map(\.numbers))
    #expect(data.randomSplit([15, 5, 3], seed: 2).map(\.numbers) != parts.map(\.numbers))
    for seed in [nil, 7] as [UInt64?] {
      let folds = data.folds(5, seed: seed)
      #expect(folds.map(\.validation.count) == [5, 5, 5, 4, 4])
      #expect(folds.flatMap(\.validation.numbers).sorted() == Array(0..<23))
      for fold in folds {
        #expect((fold.training.numbers + fold.validation.numbers).sorted() == Array(0..<23))
      }
    }
    #expect(data.folds(5)[1].validation.numbers == [5, 6, 7, 8, 9])
  }
}
