import Glibc
import Synchronization

/// Where finished log lines go: a file descriptor, written one whole line at a time.
public final class LogOutput: Sendable {
    private let descriptor: Int32
    /// Held while a line is written, so that a line the kernel takes in two parts stays together.
    private let turn = Mutex(())

    /// Takes a descriptor that outlives the output.
    public init(descriptor: Int32) { self.descriptor = descriptor }

    /// Standard error, where a server's logs belong: standard output is for what a command was asked for.
    public static let standardError = LogOutput(descriptor: STDERR_FILENO)

    /// Milliseconds to wait for a reader that has stopped reading; then the rest of the line is given up.
    private static let patience: Int32 = 1_000

    /// Writes a line; a full disk or a closed pipe loses it, for a server must not die of its log.
    func write(_ line: [UInt8]) {
        turn.withLock { _ in
            line.withUnsafeBytes { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if count > 0 {
                        rest = rest.dropFirst(count)
                    } else if errno == EAGAIN {
                        guard waitUntilWritable() else { return }
                    } else if errno != EINTR {
                        return
                    }
                }
            }
        }
    }

    private func waitUntilWritable() -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&request, 1, Self.patience) > 0
    }
}
