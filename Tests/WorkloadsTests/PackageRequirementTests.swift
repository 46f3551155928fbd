import Kernel
import Testing
import Wire
import Workloads

/// Names and versions that reach pip, and those that do not.
@Suite struct PackageRequirementTests {
    static func requirement(_ name: String, _ version: String? = nil, _ restraint: String? = nil) throws -> String {
        try PackageRequirement(ModelConfig.Dependency(name: name, version: version, restraint: restraint)).description
    }

    /// Source: ModelArts' `restraint`; PEP 440's own examples of versions in normal form.
    @Test func whatPipIsTold() throws {
        #expect(try Self.requirement("humanize") == "humanize")
        #expect(try Self.requirement("zope.interface", nil, "EXACT") == "zope.interface")
        #expect(try Self.requirement("A_b-1", "1.0", "ATLEAST") == "A_b-1>=1.0")
        #expect(try Self.requirement("x", "2", "ATMOST") == "x<=2")
        for version in [
            "2012.10", "1.0.dev456", "1.0a2", "1.0b1.dev456", "1.0rc1", "1.0.post456.dev34", "1!2.0", "1.0+abc.5",
            "2.13.0+cpu", "0",
        ] {
            #expect(try Self.requirement("x", version) == "x==" + version)
        }
    }

    @Test(arguments: [
        "", "-r", "--pre", ".", "a-", "a--b", "a b", "a/b", "../a", "a@b", "a[b]", "a;b", "a==1", "ä", "a\n", "file:a",
    ])
    func whatIsNoName(name: String) { #expect(throws: Fault.self) { try Self.requirement(name) } }

    @Test(arguments: [
        "", "x", "1.", ".1", "1..2", "1.*", "1 2", "==1", "1,2", "1;2", "1@2", "1/2", "1a", "1.post", "1.dev", "1+",
        "1+a..b", "1!", "v1", "1-2", "1\n", "$(id)",
    ])
    func whatIsNoVersion(version: String) { #expect(throws: Fault.self) { try Self.requirement("x", version) } }

    @Test func twoWaysOfWritingANameAreOne() {
        for name in ["friendly-bard", "Friendly.Bard", "FRIENDLY_BARD", "friendly--bard", "FrIeNdLy-._.-bArD"] {
            #expect(PackageRequirement.normalized(name) == "friendly-bard")
        }
    }

    @Test func everyMistakeIsTold() throws {
        let config = try ModelConfig(
            json: JSONValue(
                parsing: Array(
                    #"{"dependencies": [{"packages": [{"package_name": "-r"}, {"package_name": "a b"}]}]}"#.utf8)))
        let faults = #expect(throws: Faults.self) { try config.requirements() }
        #expect(faults?.all.count == 2)
    }
}
