import D2LSequence

// compose WEIGHTS PREFIX: how does the text go on?
let arguments = CommandLine.arguments
guard arguments.count == 3 else { fatalError("usage: compose WEIGHTS PREFIX") }
let writer = TextGenerator(try LanguageModelFile(path: arguments[1]))
for seed in 0..<3 as Range<UInt64> {
  print(
    try writer.text(after: arguments[2], count: 50, sampling: TokenSampling(temperature: 0.7, topP: 0.9), seed: seed))
}
