import Glibc
import Kernel
import Platform
import Wire

/// The records of an attempt: one line each, appended and synced; a line without its end was never written.
///
/// A line is `sequence kind milliseconds`, and for an end a JSON object behind them.
struct RecordFile: Sendable {
    let path: String

    /// Bytes read first from the end of the file; records above a sequence are nearly always there.
    private static let tailBytes: Int64 = 8 << 10

    /// The records above a sequence, in order.
    func records(of attempt: AttemptID, rank: Int, after sequence: Int64) -> [AttemptRecord] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let size = Int64(lseek(descriptor, 0, SEEK_END))
        var start = max(0, size - Self.tailBytes)
        while true {
            let lines = Self.lines(of: descriptor, from: start, to: size)
            let records = lines.compactMap { Self.record($0, attempt: attempt, rank: rank) }
            if start == 0 || records.first.map({ $0.sequence <= sequence }) ?? false {
                return records.filter { $0.sequence > sequence }
            }
            start = max(0, start - (size - start) * 4)
        }
    }

    /// Whether the end is written.
    var isEnded: Bool {
        guard let bytes = SmallFile.read(path), let last = bytes.split(separator: 0x0A).last else { return false }
        return last.split(separator: 0x20).dropFirst().first?.elementsEqual("ended".utf8) ?? false
    }

    /// Whole lines between two offsets; where the first does not begin the file, what may be a part is left out.
    private static func lines(of descriptor: Int32, from start: Int64, to end: Int64) -> [ArraySlice<UInt8>] {
        var bytes = [UInt8](repeating: 0, count: Int(end - start))
        let count = max(0, pread(descriptor, &bytes, bytes.count, Int(start)))
        var lines = bytes[..<count].split(separator: 0x0A, omittingEmptySubsequences: false)
        lines = lines.dropLast()
        return start == 0 ? lines : Array(lines.dropFirst())
    }

    private static func record(_ line: ArraySlice<UInt8>, attempt: AttemptID, rank: Int) -> AttemptRecord? {
        let parts = line.split(separator: 0x20, maxSplits: 3).map { String(decoding: $0, as: UTF8.self) }
        guard parts.count >= 3, let sequence = Int64(parts[0]), let at = Int64(parts[2]) else { return nil }
        let event: AttemptRecord.Event
        switch parts[1] {
        case "started": event = .started
        case "alive": event = .alive
        case "ended":
            guard parts.count == 4, let end = end(Array(parts[3].utf8)) else { return nil }
            event = .ended(end)
        default: return nil
        }
        return AttemptRecord(
            attempt: attempt, rank: rank, sequence: sequence, at: Instant(milliseconds: at), event: event)
    }

    private static func end(_ json: [UInt8]) -> AttemptEnd? {
        guard let json = try? JSONValue(parsing: json), let name = json["cause"]?.string,
            let cause = AttemptEnd.Cause(rawValue: name), let code = json["exit_code"]?.integer
        else { return nil }
        return AttemptEnd(
            cause: cause, exitCode: Int(code), peakMemoryBytes: json["peak_memory_bytes"]?.integer,
            cpuMilliseconds: json["cpu_milliseconds"]?.integer,
            droppedLogBytes: json["dropped_log_bytes"]?.integer ?? 0, message: json["message"]?.string ?? "")
    }

    /// The line of a record.
    static func line(sequence: Int64, at: Instant, event: AttemptRecord.Event) -> [UInt8] {
        switch event {
        case .started: return Array("\(sequence) started \(at.milliseconds)\n".utf8)
        case .alive: return Array("\(sequence) alive \(at.milliseconds)\n".utf8)
        case .ended(let end):
            let json: JSONValue = [
                "cause": .string(end.cause.rawValue), "exit_code": JSONValue(end.exitCode),
                "peak_memory_bytes": JSONValue(end.peakMemoryBytes),
                "cpu_milliseconds": JSONValue(end.cpuMilliseconds),
                "dropped_log_bytes": JSONValue(end.droppedLogBytes), "message": .string(end.message),
            ]
            return Array("\(sequence) ended \(at.milliseconds) \(json.text())\n".utf8)
        }
    }
}

/// Appends records for the one shim that may.
struct RecordWriter: ~Copyable {
    private let descriptor: Int32
    private let folder: String
    private(set) var next: Int64 = 0
    private var length: Int64

    /// Opens the records of a folder; what a crash left of a line is cut off first.
    init?(_ folder: AttemptFolder) {
        descriptor = open(folder.records, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        self.folder = folder.path
        let bytes = SmallFile.read(folder.records) ?? []
        length = Int64(bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0)
        ftruncate(descriptor, Int(length))
    }

    deinit { close(descriptor) }

    /// Whether something was written before: then nothing may be started.
    var isUsed: Bool { length > 0 }

    /// Writes a record; true when it is on the disk. A part of a line is taken back.
    mutating func append(_ event: AttemptRecord.Event, at instant: Instant) -> Bool {
        let line = RecordFile.line(sequence: next, at: instant, event: event)
        lseek(descriptor, Int(length), SEEK_SET)
        guard SmallFile.write(line, to: descriptor), fsync(descriptor) == 0 else {
            ftruncate(descriptor, Int(length))
            return false
        }
        if length == 0 { SmallFile.sync(folder: folder) }
        length += Int64(line.count)
        next += 1
        return true
    }
}
