import Glibc
import Platform
import Wire

/// A sandbox that has been made: it waits, with everything set up, until it is told to start the command.
struct SandboxProcess {
    /// bubblewrap's own process.
    let outer: pid_t
    /// The first process in the sandbox, by its number outside.
    let inner: pid_t
    /// What the command writes.
    let output: Int32
    /// Ends when nothing of the sandbox is left.
    let life: Int32
    private let gate: Int32

    /// Why a sandbox could not be made.
    struct Failure: Error {
        let message: String
        /// What was written meanwhile: bubblewrap's own words.
        let output: [UInt8]
    }

    /// Makes the sandbox up to the point where the command would start.
    init(_ sandbox: Sandbox) throws(Failure) {
        let arguments = sandbox.arguments().joined(separator: "\0") + "\0"
        guard SmallFile.replace(sandbox.folder.arguments, with: Array(arguments.utf8), isDurable: false),
            let output = Pipe(), let info = Pipe(), let gate = Pipe(), let life = Pipe()
        else { throw Failure(message: "the sandbox could not be prepared: \(Self.reason())", output: []) }
        let file = open(sandbox.folder.arguments, O_RDONLY | O_CLOEXEC)
        let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let command =
            ["bwrap", "--args", "3", "--info-fd", "4", "--block-fd", "5", "--sync-fd", "6", "--"] + sandbox.spec.command
        let ends = [null, output.write, output.write, file, info.write, gate.read, life.write]
        let spawned = Spawn.run(
            command, descriptors: ends, environment: ["PATH=/usr/local/bin:/usr/bin:/bin"], isOwnSession: false)
        let reason = Self.reason()
        // The child has them now; held here, their end would never be seen.
        for descriptor in Set(ends) { close(descriptor) }
        defer {
            close(info.read)
            unlink(sandbox.folder.arguments)
        }
        guard let spawned else {
            for descriptor in [output.read, gate.write, life.read] { close(descriptor) }
            throw Failure(message: "bubblewrap (bwrap) could not be started: \(reason); install it", output: [])
        }
        guard let inner = Self.firstProcess(info.read) else {
            var status: Int32 = 0
            waitpid(spawned, &status, 0)
            let said = Self.drain(output.read)
            for descriptor in [output.read, gate.write, life.read] { close(descriptor) }
            throw Failure(message: "the sandbox could not be made", output: said)
        }
        (outer, self.inner, self.output, self.life, self.gate) = (spawned, inner, output.read, life.read, gate.write)
        _ = fcntl(self.output, F_SETFL, O_NONBLOCK)
    }

    /// Lets the command start.
    func release() {
        _ = SmallFile.write([0], to: gate)
        close(gate)
    }

    /// Waits for the sandbox's end, which is there when `life` has ended; its exit code, 128 + signal for a signal.
    func wait() -> Int {
        var status: Int32 = 0
        while waitpid(outer, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? Int((status >> 8) & 0xFF) : 128 + Int(signal)
    }

    private static func reason() -> String { String(cString: strerror(errno)) }

    /// Reads what bubblewrap tells of the sandbox: `{"child-pid": 4711, …}`; nil where it ends without a word.
    private static func firstProcess(_ descriptor: Int32) -> pid_t? {
        let json = try? JSONValue(parsing: drain(descriptor))
        return json?["child-pid"]?.integer.flatMap { pid_t(exactly: $0) }
    }

    private static func drain(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while bytes.count < 1 << 16 {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}

/// Both ends of a pipe, far from the numbers that children are given, and closed in every child.
struct Pipe {
    let read: Int32
    let write: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        read = fcntl(ends[0], F_DUPFD_CLOEXEC, 20)
        write = fcntl(ends[1], F_DUPFD_CLOEXEC, 20)
        close(ends[0])
        close(ends[1])
        guard read >= 0, write >= 0 else { return nil }
    }
}

/// Starting a program: with exactly the descriptors it is given, and no signal blocked or ignored.
enum Spawn {
    private typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

    /// glibc's `posix_spawn_file_actions_addclosefrom_np` (2.34), which is not among what Swift sees of it.
    private static let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map { symbol in
        unsafeBitCast(symbol, to: CloseFrom.self)
    }

    /// - Parameter descriptors: become 0, 1, 2, … of the child.
    static func run(
        _ command: [String], descriptors: [Int32], environment: [String], isOwnSession: Bool
    ) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        // Libraries open sockets that do not close by themselves: a child must not have anybody's connection.
        guard let closeFrom, closeFrom(&actions, Int32(descriptors.count)) == 0 else {
            errno = ENOSYS
            return nil
        }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let session = isOwnSession ? 0x80 : 0  // POSIX_SPAWN_SETSID
        posix_spawnattr_setflags(&attributes, Int16(Int(POSIX_SPAWN_SETSIGMASK) | Int(POSIX_SPAWN_SETSIGDEF) | session))
        var process: pid_t = 0
        let words = command.map { strdup($0) } + [nil]
        let variables = environment.map { strdup($0) } + [nil]
        defer { for text in words + variables { free(text) } }
        let error = posix_spawnp(&process, command[0], &actions, &attributes, words, variables)
        errno = error
        return error == 0 ? process : nil
    }
}
