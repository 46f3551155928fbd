import Files
import Foundation
import Identity
import Kernel
import Platform
import Testing

@Suite struct BucketFolderTests {
    @Test func whatIsPutIsGot() async throws {
        let bench = try await BucketBench()
        let info = try await bench.put("data/train/a.csv", "1,2,3")
        #expect(info.key == "data/train/a.csv" && info.bytes == 5)
        #expect(try await bench.text("data/train/a.csv") == "1,2,3")
        #expect(try await bench.text("data/train/a.csv", from: 2) == "2,3")
        #expect(try await bench.text("data/train/a.csv", from: 5) == "")
        #expect(try await bench.buckets.head(bench.object("data/train/a.csv"), of: bench.ann) == info)
        #expect(await code { _ = try await bench.text("data/train/a.csv", from: 6) } == .invalidParameter)
        #expect(await code { _ = try await bench.text("data/train") } == .notFound)
        #expect(await code { _ = try await bench.text("data/train/a.csv/b") } == .notFound)
    }

    @Test func aReplacementIsOneStep() async throws {
        let bench = try await BucketBench()
        let first = try await bench.put("a", String(repeating: "x", count: 1 << 20))
        let reading = try await bench.buckets.get(bench.object("a"), of: bench.ann, from: 0)
        let second = try await bench.put("a", "new")
        #expect(first.etag != second.etag)
        var bytes = 0
        for try await chunk in reading.chunks {
            #expect(chunk.allSatisfy { $0 == UInt8(ascii: "x") })
            bytes += chunk.count
        }
        #expect(bytes == 1 << 20)
        #expect(try await bench.text("a") == "new")
    }

    @Test func aFailedUploadLeavesNothing() async throws {
        let bench = try await BucketBench()
        struct Aborted: Error {}
        let broken = Chunks(of: [[1, 2], [3]], then: Aborted())
        await #expect(throws: Aborted.self) {
            _ = try await bench.buckets.put(bench.object("x/y/z"), of: bench.ann, content: broken)
        }
        #expect(try await bench.keys().isEmpty)
        #expect(bench.partials.isEmpty)
        #expect(bench.folder.names(below: "buckets/\(bench.ann)/mine/objects").isEmpty)
        try await bench.put("x", "old")
        await #expect(throws: Aborted.self) {
            _ = try await bench.buckets.put(bench.object("x"), of: bench.ann, content: broken)
        }
        #expect(try await bench.text("x") == "old")
    }

    @Test func aCrashedUploadIsSweptAtTheNextStart() async throws {
        let bench = try await BucketBench()
        try await bench.put("a", "whole")
        try bench.folder.write("half", to: "buckets/.partial/77")
        let again = try BucketFolder(path: bench.folder.path + "/buckets/")
        #expect(bench.partials.isEmpty)
        #expect(try await again.head(bench.object("a"), of: bench.ann).bytes == 5)
    }

    @Test func aListingHasPagesInTheOrderOfBytes() async throws {
        let bench = try await BucketBench()
        let keys = ["a.txt", "a/b", "b/c/d", "b/c.d", "b-", "ä", "z", "A/1", "A/10", "A/2"]
        for key in keys { try await bench.put(key, key) }
        let sorted = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(try await bench.keys() == sorted)
        for size in 1...keys.count {
            var (found, marker): ([String], String?) = ([], "")
            while let after = marker {
                let page = try await bench.buckets.list(
                    bench.mine, of: bench.ann, prefix: "", after: after, limit: size)
                #expect(page.objects.count <= size)
                found += page.objects.map(\.key)
                marker = page.next
            }
            #expect(found == sorted)
        }
        #expect(try await bench.keys(prefix: "A/1") == ["A/1", "A/10"])
        #expect(try await bench.keys(prefix: "b") == ["b-", "b/c.d", "b/c/d"])
        #expect(try await bench.keys(prefix: "none").isEmpty)
    }

    @Test func whatIsDeletedIsGoneWithItsFolders() async throws {
        let bench = try await BucketBench()
        for key in ["a/b/c", "a/b/d", "e", "f/g", "f/h/i"] { try await bench.put(key, key) }
        try await bench.buckets.delete(bench.object("a/b/c"), of: bench.ann)
        #expect(await code { try await bench.buckets.delete(bench.object("a/b/c"), of: bench.ann) } == .notFound)
        #expect(await code { try await bench.buckets.delete(bench.object("a/b/"), of: bench.ann) } == .invalidParameter)
        try await bench.buckets.delete(bench.object("a/b/d"), of: bench.ann)
        #expect(try await bench.buckets.deleteAll(below: bench.object("f/"), of: bench.ann) == 2)
        #expect(bench.folder.names(below: "buckets/\(bench.ann)/mine/objects") == ["e"])
        #expect(await code { try await bench.buckets.delete(bench.mine, of: bench.ann) } == .conflict)
        #expect(try await bench.buckets.deleteAll(below: bench.object(""), of: bench.ann) == 1)
        try await bench.buckets.delete(bench.mine, of: bench.ann)
        #expect(try await bench.buckets.list(of: bench.ann).isEmpty)
        #expect(await code { try await bench.put("a", "b") } == .notFound)
    }

    @Test func aKeyCannotBeObjectAndFolder() async throws {
        let bench = try await BucketBench()
        try await bench.put("a/b", "1")
        #expect(await code { try await bench.put("a", "2") } == .conflict)
        #expect(await code { try await bench.put("a/b/c/d", "3") } == .conflict)
        #expect(try await bench.keys() == ["a/b"])
        #expect(bench.partials.isEmpty)
    }

    @Test func anotherAccountSeesNothing() async throws {
        let bench = try await BucketBench()
        try await bench.put("secret", "1")
        let (buckets, bob) = (bench.buckets, bench.bob)
        let secret = try bench.object("secret")
        #expect(try await buckets.list(of: bob).isEmpty)
        #expect(await code { _ = try await buckets.get(secret, of: bob, from: 0) } == .notFound)
        #expect(await code { _ = try await buckets.head(secret, of: bob) } == .notFound)
        #expect(await code { try await buckets.delete(secret, of: bob) } == .notFound)
        #expect(await code { _ = try await buckets.deleteAll(below: secret, of: bob) } == .notFound)
        #expect(await code { try await buckets.delete(bench.mine, of: bob) } == .notFound)
        #expect(await code { _ = try await buckets.put(secret, of: bob, content: Chunks(of: [])) } == .notFound)
        #expect(
            await code { _ = try await buckets.list(bench.mine, of: bob, prefix: "", after: "", limit: 1) }
                == .notFound)
        #expect(await code { _ = try await buckets.upload(from: "/tmp", to: secret, of: bob) } == .notFound)
        #expect(await code { _ = try await buckets.download(secret, of: bob, into: "/tmp") } == .notFound)
        #expect(await code { try await buckets.create(bench.mine, for: bob) } == .duplicateName)
        for id in ["..", "../\(bench.ann)", "", ".partial", "a/b", "x\0"] {
            #expect(await code { _ = try await buckets.list(of: AccountID(id)) } == .notFound)
        }
    }

    @Test func bucketsAreMadeOnceAndCounted() async throws {
        let bench = try await BucketBench()
        try await bench.buckets.create(bench.mine, for: bench.ann)
        for index in 1..<Limits.buckets {
            try await bench.buckets.create(BucketName("more-\(index)"), for: bench.ann)
        }
        #expect(try await bench.buckets.list(of: bench.ann).count == Limits.buckets)
        #expect(await code { try await bench.buckets.create(BucketName("toomany"), for: bench.ann) } == .quotaExceeded)
    }

    @Test func writersBesideEachOtherKeepWholeObjects() async throws {
        let bench = try await BucketBench()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for round in 0..<20 {
                        let text = String(repeating: "\(writer)", count: 1_000)
                        try await bench.put("folder/\(round % 3)/same", text)
                        try? await bench.buckets.delete(bench.object("folder/\(round % 3)/same"), of: bench.ann)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(bench.partials.isEmpty)
        for key in try await bench.keys() {
            let text = try await bench.text(key)
            #expect(text.utf8.count == 1_000 && Set(text).count == 1)
        }
    }
}
