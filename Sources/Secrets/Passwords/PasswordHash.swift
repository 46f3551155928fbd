import Crypto
import CryptoExtras
import Identity
import Kernel

/// What is kept of a password: scrypt (RFC 7914) with its parameters beside it, so that these can grow with machines.
///
/// As text: `scrypt$ln=15,r=8,p=1$<salt>$<hash>`, both in hexadecimal.
struct PasswordHash: Hashable, Sendable {
    let cost: Cost
    let salt: [UInt8]
    let hash: [UInt8]

    /// What one hash costs: 128 · 2^logRounds · blockSize bytes of memory, and time in proportion.
    struct Cost: Hashable, Sendable {
        let logRounds: Int
        let blockSize: Int
        let parallelism: Int

        /// 32 MiB and about a tenth of a second.
        static let present = Cost(logRounds: 15, blockSize: 8, parallelism: 1)

        /// Whether a stored cost is one that this house may have written; a damaged one could ask for any memory.
        var isSane: Bool {
            (1...17).contains(logRounds) && (1...16).contains(blockSize) && (1...4).contains(parallelism)
        }
    }

    /// Hashes a password.
    init(password: String, salt: [UInt8], cost: Cost = .present) throws(Fault) {
        self.cost = cost
        self.salt = salt
        hash = try Self.derive(Array(password.utf8), salt: salt, cost: cost, count: 32)
    }

    /// Reads the text form; nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "scrypt", let cost = Self.cost(parts[1]), cost.isSane,
            let salt = Hexadecimal.bytes(String(parts[2])), salt.count == 16,
            let hash = Hexadecimal.bytes(String(parts[3])), hash.count == 32
        else { return nil }
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// The form that is kept.
    var text: String {
        let parameters = "ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
        return "scrypt$\(parameters)$\(Hexadecimal.text(salt))$\(Hexadecimal.text(hash))"
    }

    /// Whether a password is the one this was made of.
    func matches(_ password: String) throws(Fault) -> Bool {
        let other = try Self.derive(Array(password.utf8), salt: salt, cost: cost, count: hash.count)
        return ConstantTime.equal(hash, other)
    }

    /// The function itself.
    static func derive(_ password: [UInt8], salt: [UInt8], cost: Cost, count: Int) throws(Fault) -> [UInt8] {
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: password, salt: salt, outputByteCount: count, rounds: 1 << cost.logRounds,
                blockSize: cost.blockSize, parallelism: cost.parallelism)
            return key.withUnsafeBytes { Array($0) }
        } catch {
            throw Fault(.unavailable, "A password could not be hashed, perhaps for want of memory; try again.")
        }
    }

    private static func cost(_ text: Substring) -> Cost? {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].hasPrefix("ln="), let logRounds = Int(fields[0].dropFirst(3)),
            fields[1].hasPrefix("r="), let blockSize = Int(fields[1].dropFirst(2)),
            fields[2].hasPrefix("p="), let parallelism = Int(fields[2].dropFirst(2))
        else { return nil }
        return Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
    }
}
