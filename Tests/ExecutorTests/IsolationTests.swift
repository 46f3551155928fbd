import Executors
import Glibc
import Kernel
import Platform
import Testing

/// Law 10: a workload sees nothing of the machine's other users, tried from within.
@Suite struct IsolationTests {
    @Test(arguments: [
        "ls /root", "cat /etc/shadow", "ls /home/*/.ssh", "echo x > /usr/bin/x", "echo x > /etc/passwd",
        "ls /tmp/atelier-executor-*",
        "echo core > /proc/sys/kernel/core_pattern", "cat /proc/kcore | head -c 1 | grep -q .",
        "echo h > /proc/sysrq-trigger", "mount -t tmpfs none /mnt", "cat /dev/sda /dev/vda",
    ])
    func cannot(_ script: String) async throws {
        let (end, log) = try await Bench(.counting).run(Bench.spec("a", script))
        #expect(end.exitCode != 0, "\(script) gave: \(log)")
    }

    @Test func isUserThousandWithoutCapabilities() async throws {
        let (_, log) = try await Bench(.counting).run(
            Bench.spec("a", "id -u; id -un; grep CapEff /proc/self/status; echo \"$SECRET\"; env | grep -c ATELIER"))
        #expect(log == "1000\nma-user\nCapEff:\t0000000000000000\nmine \"and\" 'odd'\n0\n")
    }

    /// What the server has open, such as its clients' connections, is not handed on, whoever forgot to say so.
    @Test func hasNothingThatTheServerHasOpen() async throws {
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        let (_, log) = try await Bench(.counting).run(
            Bench.spec("a", "ls -l /proc/self/fd /proc/1/fd | grep -c socket; exit 0"))
        #expect(log == "0\n")
    }

    @Test func seesOnlyItsOwnProcesses() async throws {
        let (_, log) = try await Bench(.counting).run(Bench.spec("a", "ls /proc | grep -c '^[0-9]'"))
        #expect((Int(log.prefix { $0 != "\n" }) ?? 99) <= 5)
    }

    /// A port of the host is not there for it, and its own loopback works.
    @Test func hasANetworkOfItsOwn() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard bind(listener, address, size) == 0, listen(listener, 1) == 0 else { return UInt16(0) }
                getsockname(listener, address, &size)
                return UInt16(0)
            }
        }
        #expect(port == 0)
        let number = UInt16(bigEndian: address.sin_port)
        let script = """
            /usr/bin/python3 -c '
            import socket
            try: socket.create_connection(("127.0.0.1", \(number)), 2); print("reached")
            except OSError: print("refused")
            own = socket.socket(); own.bind(("127.0.0.1", 0)); own.listen()
            socket.create_connection(own.getsockname(), 2); print("own")'
            """
        #expect(try await Bench(.counting).run(Bench.spec("a", script)).log == "refused\nown\n")
    }

    @Test func writesOnlyWhereItMay() async throws {
        let bench = try Bench(.counting)
        for name in ["in", "out"] { mkdir(bench.folder + "/" + name, 0o700) }
        let mounts = [
            AttemptSpec.Mount(hostPath: bench.folder + "/in", sandboxPath: "/home/ma-user/in", isWritable: false),
            AttemptSpec.Mount(hostPath: bench.folder + "/out", sandboxPath: "/home/ma-user/out", isWritable: true),
        ]
        let (_, log) = try await bench.run(
            Bench.spec(
                "a", "cd /home/ma-user; echo x > out/kept && echo wrote; echo x > in/x || echo refused", mounts: mounts)
        )
        #expect(log.contains("wrote") && log.contains("refused"))
        #expect(access(bench.folder + "/out/kept", F_OK) == 0 && access(bench.folder + "/in/x", F_OK) != 0)
    }

    /// The user's variables are not in the arguments that everybody on the machine can read.
    @Test func variablesAreNotInTheProcessList() async throws {
        let bench = try Bench(.counting)
        try await bench.executor.submit(Bench.spec("a", "echo ready; sleep 300"))
        try await bench.ready("a")
        let arguments = Bench.commandLines(with: "bwrap")
        #expect(!arguments.isEmpty && !arguments.contains { $0.contains("mine") })
        try await bench.executor.stop(AttemptID("a"))
        _ = try await bench.end(of: "a")
    }
}

extension Bench {
    /// The command lines on this machine that hold a text.
    static func commandLines(with text: String) -> [String] {
        guard let stream = opendir("/proc") else { return [] }
        defer { closedir(stream) }
        var lines: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            let descriptor = open("/proc/\(name)/cmdline", O_RDONLY)
            guard descriptor >= 0 else { continue }
            var bytes = [UInt8](repeating: 0, count: 65_536)
            let count = max(0, read(descriptor, &bytes, bytes.count))
            close(descriptor)
            let line = String(decoding: bytes[..<count], as: UTF8.self)
            if line.contains(text) { lines.append(line) }
        }
        return lines
    }
}
