/// The words that `Sources` does without, and what stands in their place.
enum Banned {
    struct Word {
        let text: String
        let instead: String
        /// The rooms it is banned from; empty for all.
        var rooms: Set<String> = []
        var isInComments = false
    }

    /// A word that a file uses all the same.
    struct Exception {
        let path: String
        let word: String
        let reason: String
    }

    /// The rooms where every number is exact.
    static let exact: Set = ["Kernel", "Money", "Wire", "Pricing", "Metering", "Rating", "Ledger", "Billing"]

    static let words: [Word] = [
        Word(text: "Decimal", instead: "amounts are Money's whole numbers"),
        Word(text: "Double", instead: "amounts and quantities are whole numbers", rooms: exact),
        Word(text: "Float", instead: "amounts and quantities are whole numbers", rooms: exact),
        Word(text: "Date()", instead: "ask the clock that was passed in"),
        Word(text: "UUID()", instead: "ask the source of identifiers that was passed in"),
        Word(text: "Task {", instead: "use a task group, so that somebody waits for it"),
        Word(text: "Task.detached", instead: "use a task group, so that somebody waits for it"),
        Word(text: "try!", instead: "say what is wrong"),
        Word(text: "fatalError(", instead: "throw; one request must not end all others"),
        Word(text: "print(", instead: "log, or write to the output that was passed in"),
        Word(text: "Process(", instead: "executors spawn"),
        Word(text: "DateFormatter", instead: "civil time is Kernel's"),
        Word(text: "String(format:", instead: "interpolate"),
        Word(text: "Regex", instead: "read the bytes"),
        Word(text: "TODO", instead: "do it, or file an issue", isInComments: true),
        Word(text: "FIXME", instead: "fix it, or file an issue", isInComments: true),
        Word(text: "XXX", instead: "fix it, or file an issue", isInComments: true),
    ]

    /// Every exception with its reason; one that nothing needs any more is a finding.
    static let exceptions: [Exception] = []
}
