import ArgumentParser
import D2LCommands
import D2LCore
import D2LSequence

/// `d2l sequence pronounce`: how an English word is said.
struct PronounceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pronounce", abstract: "Say how English words are pronounced, with the model of the package g2p-en.",
    discussion:
      "The weights are checkpoint20.npz of the Python package g2p-en 2.1.0: `pip download --no-deps g2p-en==2.1.0`, then unzip the wheel."
  )

  @Argument(help: "The words.")
  var words: [String]

  @Option(help: ArgumentHelp("The package's checkpoint20.npz.", valueName: "file"))
  var weights: String

  @Option(parsing: .unconditional, help: "Beams of the search that is shown beside the greedy one.")
  var beams = 5

  @Option(parsing: .unconditional, help: "α of the score log p / lengthᵅ.")
  var lengthPenalty = 0.75

  @Flag(help: "Print a line of JSON for each word.")
  var json = false

  func validate() throws {
    guard !words.isEmpty else { throw ValidationError("Give at least one word.") }
    guard 1...64 ~= beams else { throw ValidationError("--beams \(beams): a number from 1 to 64 is expected.") }
    guard lengthPenalty.isFinite, lengthPenalty >= 0 else {
      throw ValidationError("--length-penalty \(lengthPenalty): a number from 0 on is expected.")
    }
  }

  func run() throws {
    let model = try GraphemeToPhoneme(weights: weights)
    let greedy = try model.sounds(of: words)
    let candidates = try model.candidates(for: words, beams: beams, lengthPenalty: lengthPenalty)
    for (number, word) in words.enumerated() {
      if json {
        let sounds = candidates[number].map { "\"\($0.sounds.joined(separator: " "))\"" }.joined(separator: ", ")
        print(
          "{\"word\": \"\(word)\", \"greedy\": \"\(greedy[number].joined(separator: " "))\", \"beam\": [\(sounds)]}")
        continue
      }
      print("\(word)\ngreedy  \(greedy[number].joined(separator: " "))")
      var table = TextTable("beam", "sounds", "log-probability", "score")
      for (rank, candidate) in candidates[number].enumerated() {
        table.add(
          String(rank + 1), candidate.sounds.joined(separator: " "), fixed(candidate.hypothesis.logProbability, 3),
          fixed(candidate.hypothesis.score, 3))
      }
      print("\(table)\n")
    }
  }
}
