import D2LCommands
import D2LCore
import Foundation

/// The two tables of 4.10: houses with their prices, and houses whose prices are asked for.
struct HouseTables {
  let training: Table
  let test: Table
  /// Where they are from, in a sentence.
  let details: String

  /// Kaggle's tables, or tables made by formula, as the options say.
  static func load<Defaults>(_ options: TrainingOptions<Defaults>) throws -> HouseTables {
    if !options.quick, let location = try DataCache().find(.kaggleHouse, options.data) {
      return try HouseTables(
        training: Table(csv: location.path(of: "kaggle_house_pred_train.csv")),
        test: Table(csv: location.path(of: "kaggle_house_pred_test.csv")), details: "\(location)")
    }
    let count = options.quick ? 500 : 1460
    let all = GeneratedHouses(count: 2 * count, seed: options.seed)
    return HouseTables(
      training: all.table(0..<count, withPrices: true), test: all.table(count..<2 * count, withPrices: false),
      details: "generated houses, \(grouped(count)) with prices and \(grouped(count)) without")
  }
}

/// Houses made by formula, of the same kind as Kaggle's: numbers of which some are missing, ratings and other categories, and a price that grows
/// with area, quality and neighbourhood, up to a factor of its own.
private struct GeneratedHouses {
  private static let ratings = ["Po", "Fa", "TA", "Gd", "Ex"]
  private static let rated = [
    "Exterior", "Basement", "Heating", "Kitchen", "Fireplace", "Garage", "Roof", "Floors", "Windows", "Garden",
    "Plumbing", "Wiring", "Insulation", "Bathroom", "Stairs", "Doors", "Driveway", "Porch", "Fence", "Pool",
  ]
  private static let neighbourhoods = ["Brook", "Centre", "Hill", "Lake", "Meadow", "North", "Park", "Station"]

  private let columns: [(name: String, column: Table.Column)]
  private let prices: [Double]

  init(count: Int, seed: UInt64) {
    // Of another seed than the weights that are to learn from them.
    var generator = RandomGenerator(seed: ~seed)
    func normal() -> [Double] { Tensor<Double>(randomNormal: [count], using: &generator).values }
    func uniform() -> [Double] { Tensor<Double>(randomUniform: [count], using: &generator).values }

    let quality = normal()
    let size = zip(quality, normal()).map { 0.5 * $0 + 0.85 * $1 }
    let place = uniform().map { Int($0 * Double(Self.neighbourhoods.count)) }
    let area = size.map { (1500 * exp(0.3 * $0)).rounded() }
    let ages = zip(quality, normal()).map { max(0, (40 - 20 * $0 + 12 * $1).rounded()) }

    var columns: [(name: String, column: Table.Column)] = []
    func add(_ name: String, _ values: [Double?]) { columns.append((name, .numbers(values))) }
    func add(_ name: String, _ values: [String?]) { columns.append((name, .texts(values))) }
    add("LivingArea", area)
    // One value in six is missing, as Kaggle's street fronts are.
    add("Frontage", zip(size, uniform()).map { $1 < 1 / 6.0 ? nil : (70 + 15 * $0).rounded() })
    add("Neighbourhood", place.map { Self.neighbourhoods[$0] })
    add("YearBuilt", ages.map { 2010 - $0 })
    add("Alley", uniform().map { $0 < 0.9 ? nil : $0 < 0.95 ? "Grvl" : "Pave" })
    for name in Self.rated {
      add(
        name,
        zip(quality, normal()).map { quality, luck in
          Self.ratings[min(max(Int((2 + 0.8 * quality + 0.6 * luck).rounded()), 0), 4)]
        })
    }
    self.columns = columns
    let noise = normal()
    prices = (0..<count).map { house in
      let logarithm =
        11.8 + 0.2 * size[house] + 0.12 * quality[house] + 0.05 * Double(place[house] - 4) - 0.002 * ages[house]
        + 0.1 * noise[house]
      return exp(logarithm).rounded()
    }
  }

  /// The houses of a range of numbers.
  func table(_ range: Range<Int>, withPrices: Bool) -> Table {
    var parts = [(name: "Id", column: Table.Column.numbers(range.map { Double($0 + 1) }))]
    for (name, column) in columns {
      switch column {
      case .numbers(let values): parts.append((name, .numbers(Array(values[range]))))
      case .texts(let values): parts.append((name, .texts(Array(values[range]))))
      }
    }
    if withPrices { parts.append(("SalePrice", .numbers(Array(prices[range])))) }
    return Table(parts, source: "generated houses")
  }
}
