import Files
import Foundation
import Identity
import Kernel
import Platform
import Testing

/// Code and inputs on their way to a run folder, outputs on their way back.
@Suite struct BucketStagingTests {
    @Test func aFolderIsCopiedThereAndBack() async throws {
        let bench = try await BucketBench()
        for key in ["code/train.py", "code/lib/a.py", "code/lib/deep/b.py", "data/x"] { try await bench.put(key, key) }
        let run = try bench.folder.makeFolder("run")
        let staged = try await bench.buckets.download(bench.object("code/"), of: bench.ann, into: run)
        #expect(staged == Transfer(objects: 3, bytes: 13 + 13 + 18))
        #expect(bench.folder.text(of: "run/lib/deep/b.py") == "code/lib/deep/b.py")
        let kept = try await bench.buckets.upload(from: run, to: bench.object("out/1/"), of: bench.ann)
        #expect(kept == staged)
        #expect(try await bench.keys(prefix: "out/") == ["out/1/lib/a.py", "out/1/lib/deep/b.py", "out/1/train.py"])
        #expect(try await bench.text("out/1/lib/a.py") == "code/lib/a.py")
        #expect(bench.partials.isEmpty)
    }

    @Test func oneObjectIsCopiedByItsName() async throws {
        let bench = try await BucketBench()
        try await bench.put("data/x.csv", "1")
        let run = try bench.folder.makeFolder("run")
        for _ in 1...2 {
            let staged = try await bench.buckets.download(bench.object("data/x.csv"), of: bench.ann, into: run)
            #expect(staged == Transfer(objects: 1, bytes: 1))
        }
        #expect(bench.folder.names(below: "run") == ["x.csv"])
        #expect(
            await code { _ = try await bench.buckets.download(bench.object("data/y"), of: bench.ann, into: run) }
                == .notFound)
    }

    /// What a job leaves in its output folder is not to be trusted.
    @Test func linksInOutputsLeakNothing() async throws {
        let bench = try await BucketBench()
        try bench.folder.write("host", to: "secret/key")
        let run = try bench.folder.makeFolder("run")
        try bench.folder.write("model", to: "run/model.bin")
        try bench.folder.link("run/file", to: bench.folder.path + "/secret/key")
        try bench.folder.link("run/folder", to: bench.folder.path + "/secret")
        try bench.folder.link("run/up", to: "..")
        try bench.folder.link("run/dangling", to: "/nowhere")
        #expect(mkfifo(run + "/pipe", 0o600) == 0)
        let kept = try await bench.buckets.upload(from: run, to: bench.object("out"), of: bench.ann)
        #expect(kept.objects == 1 && kept.skipped.sorted() == ["dangling", "file", "folder", "pipe", "up"])
        #expect(try await bench.keys() == ["out/model.bin"])
    }

    /// A link planted inside a bucket's folder leads nowhere, neither for reading nor for writing.
    @Test func linksInBucketsAreNotFollowed() async throws {
        let bench = try await BucketBench()
        let objects = "buckets/\(bench.ann)/mine/objects"
        try bench.folder.write("host", to: "secret/key")
        try bench.folder.link("\(objects)/way", to: bench.folder.path + "/secret")
        try bench.folder.link("\(objects)/file", to: bench.folder.path + "/secret/key")
        #expect(await code { _ = try await bench.text("way/key") } == .notFound)
        #expect(await code { _ = try await bench.text("file") } == .notFound)
        #expect(await code { try await bench.put("way/new", "x") } == .conflict)
        #expect(await code { try await bench.buckets.delete(bench.object("way/key"), of: bench.ann) } == .notFound)
        #expect(try await bench.keys().isEmpty)
        let run = try bench.folder.makeFolder("run")
        let staged = try await bench.buckets.download(bench.object(""), of: bench.ann, into: run)
        #expect(staged.objects == 0 && bench.folder.names(below: "run").isEmpty)
        try await bench.put("file", "replaced")
        #expect(bench.folder.names(below: "secret") == ["key"] && bench.folder.text(of: "secret/key") == "host")
        _ = try await bench.buckets.deleteAll(below: bench.object(""), of: bench.ann)
        #expect(bench.folder.text(of: "secret/key") == "host")
    }

    /// Names of a file system that are no keys are left out by name, not failed on.
    @Test func namesThatAreNoKeysAreSkipped() async throws {
        let bench = try await BucketBench()
        let run = try bench.folder.makeFolder("run")
        let name = "\(run)/".utf8.map { CChar(bitPattern: $0) } + [-1, -2, 0]
        let file = open(name, O_CREAT | O_WRONLY, 0o600)
        #expect(file >= 0)
        close(file)
        try bench.folder.write("fine", to: "run/fine")
        let kept = try await bench.buckets.upload(from: run, to: bench.object("out"), of: bench.ann)
        #expect(kept.objects == 1 && kept.skipped.count == 1)
    }

    static let isRoot = geteuid() == 0

    @Test(.enabled(if: isRoot, "only root may mount a small file system"))
    func aFullDiskIsOneFaultAndLeavesNothing() async throws {
        let folder = try TemporaryFolder()
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=1m") == 0 else { return }
        defer { umount2(folder.path, Int32(MNT_DETACH)) }
        let buckets = try BucketFolder(path: folder.path + "/buckets")
        let (ann, mine) = (AccountID("ann"), try BucketName("mine"))
        try await buckets.create(mine, for: ann)
        let object = try ObjectPath(bucket: mine, key: "a/b")
        _ = try await buckets.put(object, of: ann, content: Chunks(of: [[1, 2, 3]]))
        let flood = Chunks(of: Array(repeating: Array(repeating: 7, count: 100_000), count: 40))
        #expect(await code { _ = try await buckets.put(object, of: ann, content: flood) } == .storageFull)
        let other = try ObjectPath(bucket: mine, key: "c/d")
        #expect(await code { _ = try await buckets.put(other, of: ann, content: flood) } == .storageFull)
        #expect(folder.names(below: "buckets/.partial").isEmpty)
        #expect(try await buckets.head(object, of: ann).bytes == 3)
        #expect(folder.names(below: "buckets/ann/mine/objects") == ["a", "a/b"])
        _ = try await buckets.put(other, of: ann, content: Chunks(of: [[4]]))
    }
}
