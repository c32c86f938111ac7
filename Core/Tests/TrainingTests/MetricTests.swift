import D2LTensor
import D2LTestSupport
import D2LTraining
import Foundation
import Testing

@Suite struct MetricTests {
  @Test func topK() {
    let logits = Tensor<Float>([[0.1, 0.9, 0.5], [3, 2, 1], [1, 1, 1], [.nan, 0, 1]])
    let labels = Tensor<Int64>([2, 0, 1, 0])
    #expect((1...3).map { topKCorrectCount(logits, labels, k: $0) } == [1, 3, 3])
    let random: Tensor<Float> = Formula.uniform([50, 7], 3)
    let classes = Formula.integers([50], 4, in: 0..<7)
    #expect(topKCorrectCount(random, classes, k: 1) == correctCount(random, classes))
    #expect(topKCorrectCount(random, classes, k: 7) == 50)
  }

  /// precision 2/3 and 1/2, recall 2/3 and 1, as scikit-learn has them for these labels.
  @Test func confusionMatrix() throws {
    var matrix = ConfusionMatrix(classes: 4)
    matrix.add(predictions: [0, 0, 1, 1, 0, 2], labels: [0, 0, 0, 1, 2, 2])
    #expect(matrix.counts == [[2, 1, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 0]])
    #expect(matrix.accuracy == 4.0 / 6 && matrix.count == 6)
    let twoThirds = 2.0 / 3
    let precisions: [Double?] = [twoThirds, 0.5, 1, nil]
    let recalls: [Double?] = [twoThirds, 1, 0.5, nil]
    let scores: [Double?] = [twoThirds, twoThirds, twoThirds, nil]
    for number in 0..<4 {
      #expect(matrix.precision(of: number) == precisions[number])
      #expect(matrix.recall(of: number) == recalls[number])
      #expect(matrix.f1(of: number) == scores[number])
    }
    let macro = try #require(matrix.macroF1)
    #expect(abs(macro - twoThirds) < 1e-12)
    var other = ConfusionMatrix(classes: 2)
    #expect(other.accuracy == nil && other.macroF1 == nil)
    other.add(logits: Tensor([[1, 2], [3, 0]]), labels: Tensor([1, 1]))
    #expect(other.counts == [[0, 0], [1, 1]])
  }

  @Test func areaUnderTheCurve() throws {
    // Scikit-learn's example.
    #expect(areaUnderCurve(scores: [0.1, 0.4, 0.35, 0.8], isPositive: [false, false, true, true]) == 0.75)
    #expect(areaUnderCurve(scores: [1, 1, 1], isPositive: [true, false, true]) == 0.5)
    #expect(areaUnderCurve(scores: [1, 2], isPositive: [true, true]) == nil)
    let scores = Formula.uniform([60], 1, as: Double.self).values.map { ($0 * 8).rounded() }
    let positive = Formula.uniform([60], 2, as: Double.self).values.map { $0 > 0.3 }
    var wins = 0.0
    var pairs = 0.0
    for a in scores.indices where positive[a] {
      for b in scores.indices where !positive[b] {
        wins += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0
        pairs += 1
      }
    }
    #expect(abs(try #require(areaUnderCurve(scores: scores, isPositive: positive)) - wins / pairs) < 1e-12)
  }

  @Test func regressionErrors() throws {
    var errors = RegressionErrors()
    #expect(errors.meanAbsolute == nil && errors.rootMeanSquared == nil)
    errors.add(Tensor([1, 2]), Tensor([2, 5]))
    errors.add(Tensor([4]), Tensor([4]))
    #expect(errors.meanAbsolute == 4.0 / 3 && errors.meanSquared == 10.0 / 3)
    #expect(abs(try #require(errors.rootMeanSquared) - (10.0 / 3).squareRoot()) < 1e-12)
  }

  @Test func perplexity() throws {
    let tally = Tally(count: 4, sums: ["loss": 4 * Foundation.log(7.0)])
    #expect(abs(try #require(tally.perplexity()) - 7) < 1e-12 && tally.perplexity("other") == nil)
  }

  /// Book 9.7: p1 = 4/5, p2 = 3/4, p3 = 1/3, p4 = 0 for A B B C D against A B C D E F.
  @Test func bleuScores() {
    let prediction = ["A", "B", "B", "C", "D"]
    let label = ["A", "B", "C", "D", "E", "F"]
    let brevity = Foundation.exp(1 - 6.0 / 5)
    let two = brevity * Foundation.pow(0.8, 0.5) * Foundation.pow(0.75, 0.25)
    #expect(abs(bleu(prediction, label, k: 1) - brevity * Foundation.pow(0.8, 0.5)) < 1e-12)
    #expect(abs(bleu(prediction, label, k: 2) - two) < 1e-12)
    #expect(abs(bleu(prediction, label, k: 3) - two * Foundation.pow(1.0 / 3, 0.125)) < 1e-12)
    #expect(bleu(prediction, label, k: 4) == 0)
    #expect(bleu(["va", "!"], ["va", "!"], k: 2) == 1 && bleu(["va", "!"], ["va", "!"], k: 4) == 1)
    #expect(bleu([], ["a"], k: 2) == 0 && bleu(["a"], ["a", "b"], k: 2) == 0)
    // Tokens are not glued together: "ab c" is not "a bc".
    #expect(bleu(["ab", "c"], ["a", "bc"], k: 2) == 0)
    // The book's two scores of 9.7: 1.000 and 0.658.
    #expect(abs(bleu(["il", "est", "riche", "."], ["il", "est", "calme", "."], k: 2) - 0.658) < 5e-4)
  }

  @Test func stopwatch() throws {
    var watch = Stopwatch()
    #expect(watch.mean == nil && watch.total == 0 && watch.runningTotals == [])
    for milliseconds in [2, 5] {
      watch.start()
      Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
      let time = watch.stop()
      #expect(time >= Double(milliseconds) / 1000 && time < 5)
    }
    #expect(watch.measure { 3 } == 3)
    #expect(watch.times.count == 3 && watch.total == watch.times[0] + watch.times[1] + watch.times[2])
    #expect(watch.mean == watch.total / 3)
    #expect(watch.runningTotals == [watch.times[0], watch.times[0] + watch.times[1], watch.total])
  }
}
