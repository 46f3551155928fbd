import Glibc

/// The terminal: results to standard output, everything else to standard error.
public enum Terminal {
    public static func line(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
    public static func text(_ text: String) { write(text, to: STDOUT_FILENO) }
    public static func bytes(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }
    public static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// Replaces the progress line, where a person watches.
    public static func progress(_ text: String) {
        if isatty(STDERR_FILENO) == 1 { write("\r\u{1B}[K" + String(text.prefix(99)), to: STDERR_FILENO) }
    }

    /// Takes the progress line away.
    public static func clearProgress() {
        if isatty(STDERR_FILENO) == 1 { write("\r\u{1B}[K", to: STDERR_FILENO) }
    }

    /// Empties the screen, where a person watches.
    public static func clearScreen() {
        if isatty(STDOUT_FILENO) == 1 { text("\u{1B}[H\u{1B}[2J") }
    }

    private static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return }
            done += count
        }
    }
}
