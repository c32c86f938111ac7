import D2LVision

// classify NETWORK WEIGHTS PICTURE: what is on the picture?
let arguments = CommandLine.arguments
guard arguments.count == 4 else { fatalError("usage: classify NETWORK WEIGHTS PICTURE") }
let classifier = try ImageClassifier(arguments[1], weights: arguments[2])
for guess in try classifier.classify(contentsOf: arguments[3]) {
  print(guess)
}
