import Identity
import Kernel
import Testing

@testable import Secrets

/// A clock that shows one moment for ever.
struct StandingClock: WallClock {
    var moment = Instant(milliseconds: 1_767_225_600_000)
    func now() -> Instant { moment }
}

@Suite struct RandomTests {
    @Test func identifiersIncreaseFromEightTasks() async {
        let source = TimeOrderedIdentifiers(clock: StandingClock(), random: SystemRandom())
        let runs = await withTaskGroup(of: [UInt128].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5_000).map { _ in source.next() } } }
            return await group.reduce(into: [[UInt128]]()) { $0.append($1) }
        }
        for run in runs { #expect(zip(run, run.dropFirst()).allSatisfy { $0 < $1 }) }
        #expect(Set(runs.joined()).count == 40_000)
        #expect(Set(runs.joined().map { $0 >> 64 }).count == 40_000, "Time and counter alone tell them apart.")
    }

    @Test(arguments: [0, -1, Int64.min, Int64.max, 1_767_225_600_000])
    func identifiersAreUUIDsOfVersion7(_ milliseconds: Int64) {
        let clock = StandingClock(moment: Instant(milliseconds: milliseconds))
        let source = TimeOrderedIdentifiers(clock: clock, random: SystemRandom())
        for _ in 0..<100 {
            let bits = source.next()
            #expect((bits >> 76) & 0xf == 7)
            #expect((bits >> 62) & 0b11 == 0b10)
            if milliseconds == 1_767_225_600_000 { #expect(bits >> 80 == UInt128(milliseconds)) }
        }
        let text = Array(source.uuid(Account.self).text)
        #expect(text.count == 36 && text[14] == "7" && "89ab".contains(text[19]))
    }

    @Test func bytesDoNotRepeat() {
        let random = SystemRandom()
        let drawn = (0..<10_000).map { _ in random.bytes(16) }
        #expect(Set(drawn).count == 10_000)
        #expect(random.bytes(10_000).count == 10_000)
        let ones = drawn.joined().reduce(0) { $0 + $1.nonzeroBitCount }
        // 1,280,000 fair bits: the mean is 640,000, one standard deviation 566; ten of them are out of reach of chance.
        #expect(abs(ones - 640_000) < 5_660)
    }

    @Test func charactersAreDrawnEvenly() {
        let text = SystemRandom().text(
            62_000, of: Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8))
        let counts = text.reduce(into: [Character: Int]()) { $0[$1, default: 0] += 1 }
        #expect(counts.count == 62)
        // The mean is 1,000 and one standard deviation 31.
        #expect(counts.values.allSatisfy { abs($0 - 1_000) < 310 })
    }

    @Test func keysAndTokensHaveTheirForm() {
        let keeper = SystemSecrets(clock: StandingClock())
        let key = keeper.makeAccessKey()
        #expect(key.access.utf8.count == 20 && key.access.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) })
        #expect(key.secret.utf8.count == 40 && key.secret.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
        let tokens = (0..<1_000).map { _ in keeper.makeToken() }
        #expect(Set(tokens.map(\.text)).count == 1_000)
        #expect(Set(tokens.map(\.digest)).count == 1_000)
        #expect(tokens.allSatisfy { keeper.digest(ofToken: $0.text) == $0.digest && $0.digest.utf8.count == 64 })
        // SHA-256 of "abc", FIPS 180-4.
        #expect(keeper.digest(ofToken: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    /// RFC 4231, test case 2.
    @Test func hmacAgreesWithRFC4231() {
        let code = SwiftCryptoDigests().hmacSHA256(
            key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8))
        #expect(Hexadecimal.text(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }
}
