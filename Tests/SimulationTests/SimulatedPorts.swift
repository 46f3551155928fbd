import Identity
import Kernel
import Platform
import Secrets
import Synchronization

/// A clock that stands where the simulation put it.
final class SimulatedTime: WallClock {
    private let time: Mutex<Instant>

    init(_ start: Second) { time = Mutex(Instant(start)) }

    func now() -> Instant { time.withLock { $0 } }
    func move(to second: Second) { time.withLock { $0 = Instant(second) } }
}

/// Ids that count, so that a seed gives the same books to the byte.
final class CountingIdentifiers: IdentifierSource {
    private let last = Mutex<UInt128>(0)

    func next() -> UInt128 {
        last.withLock { last in
            last += 1
            return last
        }
    }
}

/// Real digests; everything that is random elsewhere counts.
struct CountingSecrets: SecretKeeper {
    let counting: CountingIdentifiers

    var digests: any Digests { SwiftCryptoDigests() }
    var identifiers: any IdentifierSource { counting }
    func hashPassword(_ password: String) async throws(Fault) -> String { password }
    func verify(password: String, hash: String) async throws(Fault) -> Bool { password == hash }
    func makeAccessKey() -> (access: String, secret: String) { ("A\(counting.next())", "S") }
    func makeToken() -> (text: String, digest: String) { ("T", "D\(counting.next())") }
    func digest(ofToken text: String) -> String { text }
}

struct NoFolders: RunFolders {
    func make(_ name: String, of attempt: AttemptID) async throws -> String { "/nowhere" }
    func path(_ name: String, of attempt: AttemptID) -> String { "/nowhere" }
    func remove(_ attempt: AttemptID) async throws {}
}

struct SilentJournal: Journal {
    func note(_ level: FaultCode.Level, _ message: StaticString, _ details: [String: String]) {}
}
