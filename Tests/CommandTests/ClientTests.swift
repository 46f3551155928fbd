import ArgumentParser
import Glibc
import Kernel
import Testing
import Wire

@testable import Commands

@Suite struct ClientTests {
    @Test(arguments: [
        ("a b", "a%20b"), ("å", "%C3%A5"), ("a/b?c=d&e", "a%2Fb%3Fc%3Dd%26e"), ("A-z_0.9~", "A-z_0.9~"), ("\n", "%0A"),
    ])
    func encodesForURLs(_ text: String, _ encoded: String) { #expect(ServerClient.encoded(text) == encoded) }

    @Test func slashesOfKeysStay() { #expect(ServerClient.encoded("a/ü", keepsSlashes: true) == "a/%C3%BC") }

    @Test func refusalsAreToldFaultByFault() {
        let body = """
            {"error_code":"ModelArts.0102","error_msg":"m","request_id":"r1","faults":[
            {"code":"invalid_parameter","field":"metadata.name","message":"One."},
            {"code":"invalid_parameter","field":"spec.resource.flavor_id","message":"Two."}]}
            """
        let refusal = ServerRefusal(status: 400, body: Array(body.utf8))
        #expect(
            refusal.lines == ["metadata.name: One.", "spec.resource.flavor_id: Two. [ModelArts.0102] (request r1)"])
        #expect(!refusal.isRefusal)
    }

    @Test func refusalsOfTheIdentityServiceAreToldToo() {
        let refusal = ServerRefusal(
            status: 401, body: Array(#"{"error":{"code":401,"message":"No.","title":"Unauthorized"}}"#.utf8))
        #expect(refusal.lines == ["No. [401]"])
        #expect(refusal.isRefusal)
    }

    @Test func anAnswerThatIsNoJSONIsToldByItsStatus() {
        #expect(ServerRefusal(status: 502, body: Array("<html>".utf8)).lines == ["the server answered 502 [502]"])
        #expect(
            ServerRefusal(status: 422, body: Array("two rows were expected".utf8)).lines == [
                "the server answered 422: two rows were expected [422]"
            ])
        #expect(ServerRefusal(status: 400, body: Array(#"{"error": "bad shape"}"#.utf8)).lines == ["bad shape [400]"])
    }

    @Test(arguments: [("k=v", "k", "v"), ("k=", "k", ""), ("k=a=b", "k", "a=b")])
    func keysAndValues(_ text: String, _ key: String, _ value: String) {
        let pair = KeyValue(argument: text)
        #expect((pair?.key, pair?.value) == (key, value))
    }

    @Test(arguments: ["k", "=v", ""])
    func whatIsNoKeyAndValue(_ text: String) { #expect(KeyValue(argument: text) == nil) }

    @Test func placesInBuckets() throws {
        let url = try ObjectURL.required("obs://b/a folder/é.txt")
        #expect((url.bucket, url.key) == ("b", "a folder/é.txt"))
        #expect(url.path() == "/atelier/v1/buckets/b/objects/a%20folder/%C3%A9.txt")
        #expect(try ObjectURL("local/file") == nil)
        #expect(throws: Fault.self) { try ObjectURL("obs:///key") }
        #expect(throws: Fault.self) { try ObjectURL.required("/etc/passwd") }
    }

    @Test func missingCredentialsSayWhatToDo() {
        let fault = #expect(throws: Fault.self) { try ClientCredentials(folder: "/nowhere") }
        #expect(fault?.message.contains("atelier init") == true)
    }

    @Test func damagedCredentialsNameTheFields() throws {
        var template = Array("/tmp/atelier-client-XXXXXX".utf8CString)
        let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
        defer {
            unlink(folder + "/credentials.json")
            rmdir(folder)
        }
        let bytes = Array(#"{"endpoint":"http://x","region":1}"#.utf8)
        let descriptor = open(folder + "/credentials.json", O_WRONLY | O_CREAT, 0o600)
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
        let fault = #expect(throws: Fault.self) { try ClientCredentials(folder: folder) }
        for field in ["region", "project_id", "secret_key"] { #expect(fault?.message.contains(field) == true) }
    }

    @Test(arguments: [
        ["create", "--name", "x", "--engine", "e", "--flavor", "f", "--parameter", "a=1", "--parameter", "b=2"],
        ["list", "--phase", "Running", "--output", "json"], ["log", "id", "--tail", "100"], ["delete", "a", "b"],
    ])
    func verbsAreRead(_ arguments: [String]) throws { _ = try JobCommand.parseAsRoot(arguments) }

    @Test(arguments: [
        ["create"], ["show"], ["list", "--output", "xml"], ["create", "--parameter", "novalue"], ["fly"],
    ])
    func wrongUsageIsRefused(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try JobCommand.parseAsRoot(arguments) }
    }
}
