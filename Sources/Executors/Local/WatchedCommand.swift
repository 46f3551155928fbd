import Glibc
import Kernel
import Synchronization

/// Says to work on another thread that it is not wanted any more.
final class Interruption: Sendable {
    private let state = Mutex(false)

    var isAsked: Bool { state.withLock { $0 } }
    func ask() { state.withLock { $0 = true } }
}

/// A program that works in a folder and is ended where it takes too much: time, space, or nobody's patience.
///
/// The thread that runs it must be the one that started it: bubblewrap's `--die-with-parent` means that thread.
struct WatchedCommand {
    let command: [String]
    let folder: String
    let seconds: Int64
    /// Bytes that the folder may hold.
    let bytes: Int64
    let interruption: Interruption

    enum Outcome {
        /// With its exit code, and the end of what it said.
        case ended(Int, said: String)
        case tookTooLong, tookTooMuch, diskIsFull, interrupted
    }

    /// Bytes of what it says that are kept.
    private static let saidBytes = 16 << 10
    /// Milliseconds between two looks at what does not tell by itself, and looks between two at the folder.
    private static let lookMilliseconds: Int32 = 100
    private static let looksBetweenSizes = 10

    func run() throws -> Outcome {
        guard let output = Pipe() else { throw VolumeFolder.fault("A pipe cannot be made") }
        defer { close(output.read) }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        let process = Spawn.run(
            command, descriptors: [null, output.write, output.write],
            environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], isOwnSession: true)
        let reason = errno
        close(null)
        close(output.write)
        guard let process else {
            errno = reason
            throw VolumeFolder.fault("\(command[0]) cannot be started")
        }
        let deadline = ContinuousClock.now + .seconds(seconds)
        var said: [UInt8] = []
        var status: Int32 = 0
        var looks = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            listen(to: output.read, &said)
            looks += 1
            guard let outcome = breach(deadline: deadline, looksAtSize: looks % Self.looksBetweenSizes == 0) else {
                continue
            }
            kill(process, SIGKILL)
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            return outcome
        }
        while listen(to: output.read, &said, milliseconds: 0) {}
        // One that a signal ended has no code of its own.
        let code = status & 0x7F == 0 ? Int(status >> 8) & 0xFF : 128 + Int(status & 0x7F)
        return .ended(code, said: String(decoding: said.suffix(Self.saidBytes), as: UTF8.self))
    }

    private func breach(deadline: ContinuousClock.Instant, looksAtSize: Bool) -> Outcome? {
        if interruption.isAsked { return .interrupted }
        if ContinuousClock.now >= deadline { return .tookTooLong }
        guard looksAtSize else { return nil }
        if VolumeFolder.freeBytes(beside: folder) < VolumeFolder.spareBytes { return .diskIsFull }
        return FolderSize.bytes(of: folder) > bytes ? .tookTooMuch : nil
    }

    /// Reads what was said, waiting for it a little; false where there was nothing.
    @discardableResult
    private func listen(to descriptor: Int32, _ said: inout [UInt8], milliseconds: Int32 = lookMilliseconds) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, milliseconds) > 0 else { return false }
        var chunk = [UInt8](repeating: 0, count: 4_096)
        let count = waiting.revents & Int16(POLLIN) == 0 ? 0 : read(descriptor, &chunk, chunk.count)
        guard count > 0 else {
            // It has closed what it speaks by, and is about to end.
            if milliseconds > 0 { poll(nil, 0, 10) }
            return false
        }
        said += chunk[..<count]
        if said.count > 2 * Self.saidBytes { said.removeFirst(said.count - Self.saidBytes) }
        return true
    }
}

/// What a folder takes of the disk, while somebody may be changing it.
enum FolderSize {
    static func bytes(of path: String) -> Int64 {
        var status = stat()
        guard lstat(path, &status) == 0 else { return 0 }
        let own = Int64(status.st_blocks) * 512
        guard status.st_mode & S_IFMT == S_IFDIR else { return own }
        return (SmallFile.names(in: path) ?? []).reduce(own) { $0 + bytes(of: path + "/" + $1) }
    }
}
