import D2LFiles

extension Unpickler {
  /// Carries out one instruction.
  mutating func step(_ opcode: UInt8, at start: Int) throws(FileError) {
    switch Unicode.Scalar(opcode) {
    // Structure of the stream.
    case "\u{80}": _ = try reader.byte()
    case "\u{95}": try reader.skip(8)
    case "(": marks.append(stack.count)
    case "0": if stack.count > (marks.last ?? 0) { stack.removeLast() } else { _ = try popMark() }
    case "1": _ = try popMark()
    case "2": stack.append(try top())

    // Single values.
    case "N": stack.append(.none)
    case "\u{88}": stack.append(.bool(true))
    case "\u{89}": stack.append(.bool(false))
    case "J": stack.append(.integer(Int(try reader.integer(Int32.self))))
    case "K": stack.append(.integer(Int(try reader.byte())))
    case "M": stack.append(.integer(Int(try reader.integer(UInt16.self))))
    case "\u{8a}":
      let count = try count(UInt8.self)
      stack.append(integer(try reader.bytes(count)))
    case "\u{8b}":
      let count = try count(Int32.self)
      stack.append(integer(try reader.bytes(count)))
    case "I", "L": stack.append(try textInteger())
    case "G": stack.append(.double(try reader.double(.big)))
    case "F":
      let text = try line()
      guard let value = Double(text) else { throw error("\"\(text)\" is no number", at: start) }
      stack.append(.double(value))

    // Text and bytes. Python 2's strings are text here.
    case "X": try pushText(UInt32.self)
    case "\u{8c}": try pushText(UInt8.self)
    case "\u{8d}": try pushText(UInt64.self)
    case "U": try pushText(UInt8.self)
    case "T": try pushText(Int32.self)
    case "V", "S": stack.append(.string(try quotedText(isQuoted: opcode == UInt8(ascii: "S"))))
    case "C": try pushBytes(UInt8.self)
    case "B": try pushBytes(UInt32.self)
    case "\u{8e}", "\u{96}": try pushBytes(UInt64.self)

    // Containers.
    case ")": stack.append(heap.add(.tuple))
    case "]": stack.append(heap.add(.list))
    case "}": stack.append(heap.add(.dictionary))
    case "\u{8f}": stack.append(heap.add(.set))
    case "t":
      let items = try popMark()
      stack.append(heap.add(.tuple, items))
    case "l":
      let items = try popMark()
      stack.append(heap.add(.list, items))
    case "\u{91}":
      let items = try popMark()
      stack.append(heap.add(.set, items))
    case "d":
      let items = try popMark()
      stack.append(heap.add(.dictionary))
      try setItems(items)
    case "\u{85}": try pushTuple(1)
    case "\u{86}": try pushTuple(2)
    case "\u{87}": try pushTuple(3)
    case "a":
      let item = try pop()
      heap.append([item], to: try container(.list))
    case "e", "\u{90}":
      let items = try popMark()
      heap.append(items, to: try container(.list, .set))
    case "s":
      let value = try pop()
      try setItems([try pop(), value])
    case "u": try setItems(try popMark())

    // Memo.
    case "q": memo[Int(try reader.byte())] = try top()
    case "r": memo[Int(try reader.integer(UInt32.self))] = try top()
    case "p": memo[try textIndex()] = try top()
    case "\u{94}": memo[memo.count] = try top()
    case "h": try recall(Int(try reader.byte()))
    case "j": try recall(Int(try reader.integer(UInt32.self)))
    case "g": try recall(try textIndex())

    // Names and what is built from them.
    case "c":
      let module = try line()
      try pushGlobal(module, try line(), at: start)
    case "\u{93}":
      guard case .string(let name) = try pop(), case .string(let module) = try pop() else {
        throw error("a name that is no text", at: start)
      }
      try pushGlobal(module, name, at: start)
    case "R":
      let arguments = try pop()
      try call(try pop(), arguments, at: start)
    case "\u{81}":
      let arguments = try pop()
      try call(try pop(), arguments, at: start)
    case "b":
      let state = try pop()
      try build(state, at: start)
    case "Q": try persist(try pop(), at: start)
    case "P": try persist(.string(try line()), at: start)
    case "i":
      let module = try line()
      let name = try line()
      throw refusal(of: "the class \(module).\(name) (INST)", at: start)
    case "o": throw refusal(of: "a class by the instruction OBJ", at: start)
    case "\u{92}": throw refusal(of: "a class by the instruction NEWOBJ_EX", at: start)
    case "\u{82}", "\u{83}", "\u{84}": throw refusal(of: "a registered extension", at: start)
    case "\u{97}", "\u{98}": throw refusal(of: "a buffer outside of the file", at: start)
    default: throw error("\(opcode) is no instruction", at: start)
    }
  }

  private mutating func pushText<T: FixedWidthInteger>(_ type: T.Type) throws(FileError) {
    let count = try count(type)
    stack.append(.string(try text(count)))
  }

  private mutating func pushBytes<T: FixedWidthInteger>(_ type: T.Type) throws(FileError) {
    let count = try count(type)
    stack.append(.bytes(try reader.bytes(count)))
  }

  private mutating func pushTuple(_ count: Int) throws(FileError) {
    var items: [PickleValue] = []
    for _ in 0..<count { items.append(try pop()) }
    stack.append(heap.add(.tuple, items.reversed()))
  }

  /// Keys and values in turn, for the dictionary on top of the stack.
  private mutating func setItems(_ items: [PickleValue]) throws(FileError) {
    let id = try container(.dictionary)
    guard items.count % 2 == 0 else { throw error("a key without a value") }
    for index in stride(from: 0, to: items.count, by: 2) {
      heap.append(items[index], items[index + 1], to: id)
    }
  }

  private mutating func recall(_ index: Int) throws(FileError) {
    guard let value = memo[index] else { throw error("recalls the value \(index), which was not stored") }
    stack.append(value)
  }

  private mutating func textIndex() throws(FileError) -> Int {
    let text = try line()
    guard let index = Int(text), index >= 0 else { throw error("\"\(text)\" is no number") }
    return index
  }

  /// Protocol 0: `I01` is True, `L12L` a long.
  private mutating func textInteger() throws(FileError) -> PickleValue {
    var text = try line()
    if text == "01" { return .bool(true) }
    if text == "00" { return .bool(false) }
    if text.hasSuffix("L") { text.removeLast() }
    guard let value = Int(text) else { throw error("\"\(text)\" is no number of 64 bits") }
    return .integer(value)
  }

  /// Protocol 0: text with escapes, in quotes or not.
  private mutating func quotedText(isQuoted: Bool) throws(FileError) -> String {
    var text = try line()[...]
    if isQuoted {
      guard text.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote else {
        throw error("text without its quotes")
      }
      text = text.dropFirst().dropLast()
    }
    guard !text.contains("\\") else { throw error("text of protocol 0 with escapes is not supported") }
    return String(text)
  }
}
