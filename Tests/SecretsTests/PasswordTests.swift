import Kernel
import Testing

@testable import Secrets

@Suite struct PasswordTests {
    /// The test vectors of RFC 7914, section 12, without the one that takes a gigabyte.
    @Test(arguments: [
        (
            "", "", 4, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", 10, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
        (
            "pleaseletmein", "SodiumChloride", 14, 8, 1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
    ])
    func scryptAgreesWithRFC7914(
        _ password: String, _ salt: String, _ logRounds: Int, _ block: Int, _ parallelism: Int, _ expected: String
    ) throws {
        let cost = PasswordHash.Cost(logRounds: logRounds, blockSize: block, parallelism: parallelism)
        let derived = try PasswordHash.derive(Array(password.utf8), salt: Array(salt.utf8), cost: cost, count: 64)
        #expect(Hexadecimal.text(derived) == expected)
    }

    @Test func textFormKeepsItsParameters() throws {
        let cheap = PasswordHash.Cost(logRounds: 4, blockSize: 2, parallelism: 1)
        let hash = try PasswordHash(password: "pässword", salt: Array(0..<16), cost: cheap)
        #expect(hash.text.hasPrefix("scrypt$ln=4,r=2,p=1$000102030405060708090a0b0c0d0e0f$"))
        let read = try #require(PasswordHash(hash.text))
        #expect(read == hash)
        #expect(try read.matches("pässword"))
        #expect(try !read.matches("passwort"))
    }

    @Test(arguments: [
        "", "x", "scrypt$$$", "scrypt$ln=15,r=8,p=1$00$00", "scrypt$ln=63,r=8,p=1$%16$%32",
        "scrypt$ln=15,r=9999999999999999999,p=1$%16$%32", "scrypt$ln=-1,r=8,p=1$%16$%32", "scrypt$r=8,ln=4,p=1$%16$%32",
        "scrypt$ln=4,r=8,p=1$%16$%32$", "bcrypt$ln=4,r=8,p=1$%16$%32",
    ])
    func damagedHashesAreNotRead(_ text: String) {
        let filled = text.replacing("%16", with: String(repeating: "0", count: 32))
            .replacing("%32", with: String(repeating: "0", count: 64))
        #expect(PasswordHash(filled) == nil)
    }

    @Test func keeperHashesAndVerifies() async throws {
        let keeper = SystemSecrets(clock: StandingClock())
        let hash = try await keeper.hashPassword("correct horse")
        let again = try await keeper.hashPassword("correct horse")
        #expect(hash != again, "A salt of its own makes each hash another.")
        #expect(hash.hasPrefix("scrypt$ln=15,r=8,p=1$"))
        #expect(try await keeper.verify(password: "correct horse", hash: hash))
        #expect(try await !keeper.verify(password: "correct horsf", hash: hash))
        #expect(try await !keeper.verify(password: "", hash: ""))
    }

    @Test func deskRefusesWhatItCannotSeat() async throws {
        let desk = PasswordDesk(limit: 0)
        await #expect(throws: Fault.self) { try await desk.run { 1 } }
        #expect(try await PasswordDesk(limit: 1).run { 1 } == 1)
    }
}
