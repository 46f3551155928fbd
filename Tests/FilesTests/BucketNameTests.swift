import Kernel
import Platform
import Testing

/// Source: OBS, naming rules of buckets and of objects.
@Suite struct BucketNameTests {
    @Test(arguments: ["abc", "a-b.c", "0.0", "1.2.3.four", String(repeating: "a", count: 63)])
    func isAName(_ text: String) throws { #expect(try BucketName(text).text == text) }

    @Test(arguments: [
        "", "ab", String(repeating: "a", count: 64), "Abc", "a_b", "-ab", "ab-", ".ab", "ab.", "a..b", "a.-b", "a-.b",
        "192.168.0.1", "a/b", "a\0b", "äbc", "..", "a b",
    ])
    func isNoName(_ text: String) {
        let fault = #expect(throws: Fault.self) { _ = try BucketName(text, field: "bucket") }
        #expect(fault?.code == .invalidParameter && fault?.field == "bucket")
    }

    @Test(arguments: [
        "/etc/passwd", "//", "..", "../x", "a/../b", "a/..", ".", "./a", "a/./b", "a//b", "a\0b", "/a", "a//",
        String(repeating: "k", count: 256), String(repeating: "a/", count: 512) + "b",
    ])
    func isNoKey(_ key: String) throws {
        let bucket = try BucketName("bucket")
        let fault = #expect(throws: Fault.self) { _ = try ObjectPath(bucket: bucket, key: key, field: "key") }
        #expect(fault?.field == "key")
    }

    @Test(arguments: [
        "a", "a/b", "...", "a..b", ".hidden", "ä/ö", "a/", String(repeating: "k", count: 255), "a\u{301}", "a\nb",
        String(repeating: "a/", count: 511) + "bc",
    ])
    func isAKey(_ key: String) throws {
        let path = try ObjectPath(bucket: BucketName("bucket"), key: key)
        #expect(path.isFolder == key.hasSuffix("/"))
        #expect(path.parts.joined(separator: "/") == path.key)
    }

    @Test func placesAreReadInBothForms() throws {
        let long = try ObjectPath("obs://bucket/a/b/", field: "code_dir")
        #expect(try ObjectPath("/bucket/a/b/", field: "code_dir") == long)
        #expect(long.key == "a/b" && long.isFolder && long.description == "obs://bucket/a/b/")
        #expect(try ObjectPath("obs://bucket", field: "x").key == "")
        for text in ["", "bucket/a", "s3://bucket/a", "obs:///a", "obs://bucket/../a", "/bucket/a/../../b"] {
            #expect(throws: Fault.self) { _ = try ObjectPath(text, field: "code_dir") }
        }
    }
}
