import D2LData
import D2LFiles

extension FuzzTarget {
  static let idx = FuzzTarget(
    name: "idx", summary: "IDX of one and three dimensions, plain or gzip",
    words: ["\u{0}\u{0}\u{8}\u{1}", "\u{0}\u{0}\u{8}\u{3}", "\u{1f}\u{8b}\u{8}\u{0}"],
    seeds: {
      let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3]
      let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 9, 8, 7, 6]
      return [labels, images, try Gzip.compress(labels), try Gzip.compress(images)]
    },
    repair: { Checksums.repairGzip(&$0) },
    run: { input in
      let path = input.file("input.idx")
      for rank in [1, 3] {
        Harness.tolerating { () throws(FileError) in
          let tensor = try IDX.read(path: path, rank: rank)
          guard tensor.rank == rank else { fatalError("another rank") }
          WeightReading.touch(tensor.erased)
        }
      }
    })

  static let csv = FuzzTarget(
    name: "csv", summary: "Table of separated values: quotes, types, missing values",
    maximumLength: 1 << 12,
    words: ["\"\"", "\"", ",", "\r\n", "\n", "\r", "NA", "nan", "inf", "1e400", "\t", "\u{feff}", "\u{2028}"],
    seeds: {
      [
        "a,b\n1,x\n2,\n", "a,b\r\n\"1,5\",\"say \"\"hi\"\"\"\r\n\r\n", "a\n\"two\nlines\"\n", "x\ty\n1\t2\n",
        "Id,Price\n1,100.5\n2,NA\n", "\u{feff}a,b\n1,2",
      ].map { Array($0.utf8) }
    },
    run: { input in
      let path = input.file("input.csv")
      for format in [CSVFormat(), CSVFormat(separator: "\t", hasHeader: false)] {
        Harness.tolerating { () throws(FileError) in
          let table = try Table(csv: path, format: format)
          for name in table.names where table[name]?.count != table.rowCount { fatalError("columns of unequal length") }
        }
      }
    })
}
