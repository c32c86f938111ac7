/// The data sets of the book, with the sums that its own code or their publishers give.
extension RemoteDataset {
  /// All data sets that can be fetched by name.
  public static let all: [RemoteDataset] = [
    .fashionMNIST, .mnist, .timeMachine, .frenchEnglish, .pennTreebank, .kaggleHouse, .airfoil, .movieLens100K, .snli,
    .imdb, .hotdog, .bananaDetection, .pokemon, .cifar10Tiny, .dogBreedsTiny, .voc2012, .clickThrough, .glove50,
    .glove100,
  ]

  /// The data set of this name, nil if there is none.
  public static func named(_ name: String) -> RemoteDataset? { all.first { $0.name == name } }

  /// Where the book's authors keep the files that it needs.
  private static let bookHost = "http://d2l-data.s3-accelerate.amazonaws.com/"

  private static func book(_ file: String, size: Int? = nil, sha1: String, contents: [DataFile.Content] = [])
    -> DataFile
  {
    DataFile(file, urls: [bookHost + file], published: Fingerprint(size: size, sha1: sha1), contents: contents)
  }

  /// A gzip file that others pack anew: Debian strips name and time from the header.
  private static func gzip(
    _ name: String, hosts: [String], size: Int, sha256: String, contentSize: Int, contentSHA256: String
  ) -> DataFile {
    DataFile(
      name, urls: hosts.map { $0 + name }, published: Fingerprint(size: size, sha256: sha256),
      contents: [DataFile.Content(Fingerprint(size: contentSize, sha256: contentSHA256))])
  }

  /// Fashion-MNIST: 70,000 images of clothing, 28 × 28 (Xiao, Rasul, Vollgraf 2017).
  public static let fashionMNIST: RemoteDataset = {
    let hosts = ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"]
    return RemoteDataset(
      name: "fashion-mnist", title: "Fashion-MNIST",
      files: [
        gzip(
          "train-images-idx3-ubyte.gz", hosts: hosts, size: 26_421_880,
          sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", contentSize: 47_040_016,
          contentSHA256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
        gzip(
          "train-labels-idx1-ubyte.gz", hosts: hosts, size: 29_515,
          sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", contentSize: 60_008,
          contentSHA256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
        gzip(
          "t10k-images-idx3-ubyte.gz", hosts: hosts, size: 4_422_102,
          sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", contentSize: 7_840_016,
          contentSHA256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
        gzip(
          "t10k-labels-idx1-ubyte.gz", hosts: hosts, size: 5_148,
          sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", contentSize: 10_008,
          contentSHA256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
      ],
      systemFolders: ["/usr/share/datasets/fashion-mnist"], terms: "MIT licence (Zalando SE)",
      hint: "install Debian's and Ubuntu's package: apt install dataset-fashion-mnist")
  }()

  /// MNIST: 70,000 handwritten digits, 28 × 28 (LeCun, Cortes, Burges).
  public static let mnist: RemoteDataset = {
    let hosts = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"]
    return RemoteDataset(
      name: "mnist", title: "MNIST",
      files: [
        gzip(
          "train-images-idx3-ubyte.gz", hosts: hosts, size: 9_912_422,
          sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", contentSize: 47_040_016,
          contentSHA256: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        gzip(
          "train-labels-idx1-ubyte.gz", hosts: hosts, size: 28_881,
          sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", contentSize: 60_008,
          contentSHA256: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        gzip(
          "t10k-images-idx3-ubyte.gz", hosts: hosts, size: 1_648_877,
          sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", contentSize: 7_840_016,
          contentSHA256: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        gzip(
          "t10k-labels-idx1-ubyte.gz", hosts: hosts, size: 4_542,
          sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", contentSize: 10_008,
          contentSHA256: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
      ],
      terms: "none stated by the publisher")
  }()

  /// The Time Machine by H. G. Wells, as text.
  public static let timeMachine = RemoteDataset(
    name: "timemachine", title: "The Time Machine",
    files: [book("timemachine.txt", size: 178_979, sha1: "090b5e7e70c295757f55df93cb0a180b9691891a")],
    terms: "public domain (Project Gutenberg)")

  /// English sentences and their French translations.
  public static let frenchEnglish = RemoteDataset(
    name: "fra-eng", title: "English-French sentence pairs",
    files: [
      book(
        "fra-eng.zip", sha1: "94646ad1522d915e7b0f9296181140edcf86a4f5",
        contents: [
          DataFile.Content(
            member: "fra-eng/fra.txt",
            Fingerprint(
              size: 11_669_748, sha256: "0bb85dbaa1c896844649094d7eaf2e34bee34e84fe362b26ce7e8f2e12aae104"))
        ])
    ],
    terms: "CC BY 2.0 (tatoeba.org, manythings.org/anki)")

  /// Wall Street Journal text of the Penn Treebank.
  public static let pennTreebank = RemoteDataset(
    name: "ptb", title: "Penn Treebank",
    files: [book("ptb.zip", size: 1_981_551, sha1: "319d85e578af0cdc590547f26231e4e31cdf1e42")],
    terms: "derived from the LDC's Treebank; not to be redistributed")

  /// House prices of Ames, Iowa (De Cock 2011), as Kaggle's competition has them.
  public static let kaggleHouse = RemoteDataset(
    name: "kaggle-house", title: "Kaggle house prices",
    files: [
      book("kaggle_house_pred_train.csv", size: 460_676, sha1: "585e9cc93e70b39160e7921475f9bcd7d31219ce"),
      book("kaggle_house_pred_test.csv", size: 451_405, sha1: "fa19780a7b011d9b009e8bff8e99922a8ee2eb90"),
    ],
    terms: "Kaggle's competition rules")

  /// NASA's measurements of the noise of aerofoils.
  public static let airfoil = RemoteDataset(
    name: "airfoil", title: "Airfoil self-noise",
    files: [book("airfoil_self_noise.dat", size: 59_984, sha1: "76e5be1548fd8222e5074cf0faae75edff8cf93f")],
    terms: "CC BY 4.0 (UCI repository)")

  /// MovieLens 100K: 100,000 ratings of 1,682 films by 943 users.
  public static let movieLens100K = RemoteDataset(
    name: "ml-100k", title: "MovieLens 100K",
    files: [
      DataFile(
        "ml-100k.zip", urls: ["http://files.grouplens.org/datasets/movielens/ml-100k.zip"],
        published: Fingerprint(sha1: "cd4dcac4241c8a4ad7badc7ca635da8a69dddb83"),
        contents: [
          DataFile.Content(
            member: "ml-100k/u.data",
            Fingerprint(size: 1_979_173, sha256: "06416e597f82b7342361e41163890c81036900f418ad91315590814211dca490")),
          DataFile.Content(
            member: "ml-100k/u.item",
            Fingerprint(size: 236_344, sha256: "553841ebc7de3a0fd0d6b62a204ea30c1e651aacfb2814c7a6584ac52f2c5701")),
          DataFile.Content(
            member: "ml-100k/u.user",
            Fingerprint(size: 22_628, sha256: "f120e114da2e8cf314fd28f99417c94ae9ddf1cb6db8ce0e4b5995d40e90e62c")),
        ])
    ],
    terms: "GroupLens: no redistribution, no commercial use")

  /// Stanford Natural Language Inference: pairs of sentences with their relation.
  public static let snli = RemoteDataset(
    name: "snli", title: "SNLI",
    files: [
      DataFile(
        "snli_1.0.zip", urls: ["https://nlp.stanford.edu/projects/snli/snli_1.0.zip"],
        published: Fingerprint(sha1: "9fcde07509c7e87ec61c640c1b2753d9041758e4"))
    ],
    terms: "CC BY-SA 4.0")

  /// IMDb film reviews, half of them positive (Maas et al. 2011).
  public static let imdb = RemoteDataset(
    name: "aclImdb", title: "IMDb reviews",
    files: [
      DataFile(
        "aclImdb_v1.tar.gz", urls: ["http://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"],
        published: Fingerprint(sha1: "01ada507287d82875905620988597833ad4e0903"))
    ],
    terms: "none stated; its authors ask to cite Maas et al. 2011")

  /// Images of hot dogs and of other food.
  public static let hotdog = RemoteDataset(
    name: "hotdog", title: "Hot dog images",
    files: [book("hotdog.zip", sha1: "fba480ffa8aa7e0febbb511d181409f899b9baa5")], terms: "as the book")

  /// Images with a banana in each, and where it is.
  public static let bananaDetection = RemoteDataset(
    name: "banana-detection", title: "Banana detection",
    files: [book("banana-detection.zip", sha1: "5de26c8fce5ccdea9f91267273464dc968d20d72")], terms: "as the book")

  /// Sprites of a game.
  public static let pokemon = RemoteDataset(
    name: "pokemon", title: "Pokémon sprites",
    files: [book("pokemon.zip", sha1: "c065c0e2593b8b161a2d7873e42418bf6a21106c")],
    terms: "copyright of Nintendo and others; local use only")

  /// The first 1,000 training images of Kaggle's CIFAR-10 competition.
  public static let cifar10Tiny = RemoteDataset(
    name: "cifar10-tiny", title: "CIFAR-10, a small part",
    files: [book("kaggle_cifar10_tiny.zip", sha1: "2068874e4b9a9f0fb07ebe0ad2b29754449ccacd")], terms: "none stated")

  /// A small part of Kaggle's dog breeds.
  public static let dogBreedsTiny = RemoteDataset(
    name: "dog-tiny", title: "Dog breeds, a small part",
    files: [book("kaggle_dog_tiny.zip", sha1: "0cb91d09b814ecdc07b50f31f8dcad3e81d6a86d")],
    terms: "Kaggle's competition rules")

  /// Pascal VOC 2012: photographs with boxes and segmentations (about 2 GB).
  public static let voc2012 = RemoteDataset(
    name: "voc2012", title: "Pascal VOC 2012",
    files: [book("VOCtrainval_11-May-2012.tar", sha1: "4e443f8a2eca6b1dac8a6c57641b67dd40621a49")],
    terms: "the VOC challenge's and flickr's terms")

  /// Clicks on advertisements.
  public static let clickThrough = RemoteDataset(
    name: "ctr", title: "Click-through rates",
    files: [book("ctr.zip", sha1: "e18327c48c8e8e5c23da714dd614e390d369843f")], terms: "as the book")

  /// GloVe word vectors of 50 numbers for 400,000 words.
  public static let glove50 = RemoteDataset(
    name: "glove.6B.50d", title: "GloVe 6B, 50-dimensional",
    files: [book("glove.6B.50d.zip", sha1: "0b8703943ccdb6eb788e6f091b8946e82231bc4d")], terms: "PDDL 1.0")

  /// GloVe word vectors of 100 numbers for 400,000 words.
  public static let glove100 = RemoteDataset(
    name: "glove.6B.100d", title: "GloVe 6B, 100-dimensional",
    files: [book("glove.6B.100d.zip", sha1: "cd43bfb07e44e6f27cbcc7bc9ae3d80284fdaf5a")], terms: "PDDL 1.0")
}
