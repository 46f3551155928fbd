import Glibc

/// What the kernel says of this process, under the names every Prometheus client library uses.
enum ProcessFigures {
    static func write(into text: inout MetricsText) {
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            text.open("process_cpu_seconds_total", kind: .counter)
            text.sample("process_cpu_seconds_total", labels: "", seconds(usage.ru_utime) + seconds(usage.ru_stime))
        }
        if let bytes = residentBytes() {
            text.open("process_resident_memory_bytes", kind: .gauge)
            text.sample("process_resident_memory_bytes", labels: "", bytes)
        }
    }

    /// The second number of `/proc/self/statm` is the resident size in pages; nil where there is no such file.
    static func residentBytes() -> UInt64? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let numbers = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
        guard numbers.count > 1, let pages = UInt64(numbers[1]) else { return nil }
        return pages * UInt64(getpagesize())
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
}
