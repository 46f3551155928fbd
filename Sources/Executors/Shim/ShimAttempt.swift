import Glibc
import Kernel
import Platform

/// One run of one attempt: makes the sandbox, stamps the start, watches, stamps the end.
struct ShimAttempt {
    private let file: SpecFile
    private let folder: AttemptFolder
    private let clock: ShimClock
    private var ending = Ending()

    /// Milliseconds between two proofs of life.
    private static let proofMilliseconds: Int64 = 10_000

    private var spec: AttemptSpec { file.spec }

    init(_ file: SpecFile, folder: AttemptFolder) {
        self.file = file
        self.folder = folder
        clock = ShimClock(file: file.clock)
    }

    mutating func run(_ records: inout RecordWriter) {
        var log = LogWriter(folder, keeping: spec.limits.logBytes)
        let process: SandboxProcess
        do {
            process = try SandboxProcess(Sandbox(spec: spec, folder: folder))
        } catch {
            log.append(error.output[...])
            let said = String(decoding: error.output, as: UTF8.self).split(separator: "\n").last.map { ": \($0)" } ?? ""
            finish(&records, .startFailed, exitCode: 0, log: log.droppedBytes, message: error.message + said)
            return
        }
        let cgroup =
            file.avoidsCgroups ? nil : Cgroup(name: Cgroup.name(of: spec.attempt, shim: getpid()), limits: spec.limits)
        cgroup?.add(process.inner)
        cgroup?.add(process.outer)
        defer { cgroup?.remove() }
        let tree = ProcessTree(root: process.inner)
        let start = clock.now()
        guard records.append(.started, at: start) else {
            // Nothing was started and nothing is recorded: the server may try again.
            tree.kill()
            _ = process.wait()
            return
        }
        hint()
        process.release()
        let watch = MemoryWatch(tree: tree, cgroup: cgroup, limits: spec.limits)
        let peak = supervise(process, tree: tree, watch: watch, start: start, log: &log, records: &records)
        let exitCode = process.wait()
        let isKilledForMemory = ending.cause == nil && exitCode != 0 && watch.isKernelSatisfied == false
        if ending.cause == nil, exitCode == 1, let complaint = complaint() {
            return finish(&records, .startFailed, exitCode: exitCode, log: 0, message: complaint)
        }
        let cause = isKilledForMemory ? .outOfMemory : ending.cause ?? .exit
        finish(
            &records, cause, exitCode: exitCode, log: log.droppedBytes, lost: log.lostBytes,
            peak: cgroup?.peakMemoryBytes ?? peak, cpu: cgroup?.cpuMilliseconds, message: message(for: cause))
    }

    /// Passes the log on and keeps the limits until nothing of the sandbox is left; gives the greatest memory seen.
    private mutating func supervise(
        _ process: SandboxProcess, tree: ProcessTree, watch: MemoryWatch, start: Instant, log: inout LogWriter,
        records: inout RecordWriter
    ) -> Int64? {
        mkfifo(folder.control, 0o600)
        let control = open(folder.control, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        defer { close(control) }
        var watch = watch
        var lastProof = start
        while true {
            let wait = watch.isByShim || clock.isSimulated ? 100 : 1_000
            var polled = [
                pollfd(fd: process.output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: process.life, events: Int16(POLLIN), revents: 0),
                pollfd(fd: control, events: Int16(POLLIN), revents: 0),
            ]
            if log.isAtEnd { polled[0].fd = -1 }
            poll(&polled, nfds_t(polled.count), Int32(ending.isAsked ? 50 : wait))
            if polled[0].revents != 0 { log.take(from: process.output) }
            if polled[2].revents != 0 { Self.empty(control) }
            if polled[1].revents != 0 {
                // Nothing can write any more, so this ends.
                while !log.isAtEnd { log.take(from: process.output) }
                return watch.peak
            }
            let now = clock.now()
            if now.milliseconds - lastProof.milliseconds >= Self.proofMilliseconds, records.append(.alive, at: now) {
                lastProof = now
            }
            if let cause = watch.breach() { ending.ask(cause, grace: 0) }
            askForEnd(start: start, now: now)
            ending.act(on: tree)
        }
    }

    /// Looks whether anything wants the end: the server, the lease, the time limit.
    private mutating func askForEnd(start: Instant, now: Instant) {
        guard !ending.isAsked else { return }
        let grace = spec.graceSeconds * 1_000
        if access(folder.stop, F_OK) == 0 { return ending.ask(.stopped, grace: grace) }
        if let limit = spec.timeLimitSeconds, now.milliseconds - start.milliseconds >= limit * 1_000 {
            return ending.ask(.timeLimit, grace: grace)
        }
        let moved = SmallFile.text(folder.lease).flatMap { Int64($0.prefix { $0 != "\n" }) }
        if let lease = moved ?? spec.leaseUntil?.milliseconds, now.milliseconds >= lease {
            ending.ask(.lease, grace: grace)
        }
    }

    /// What bubblewrap wrote where it could not finish the sandbox; then it is all that was written.
    private func complaint() -> String? {
        let piece = SegmentedLog(folder: folder.path).piece(from: 0, limit: 1_024)
        let said = String(decoding: piece.bytes, as: UTF8.self)
        guard piece.writtenBytes < 1_024, said.hasPrefix("bwrap: ") else { return nil }
        return "the sandbox could not be made: " + said.split(separator: "\n").joined(separator: "; ")
    }

    private func message(for cause: AttemptEnd.Cause) -> String {
        switch cause {
        case .outOfMemory:
            let limit = spec.limits.memoryBytes >> 20
            return "it used more than the \(limit) MiB of memory that its flavor has, and was killed"
        case .timeLimit: return "after \(spec.timeLimitSeconds ?? 0) s"
        case .exit, .stopped, .lease, .startFailed: return ""
        }
    }

    /// Writes the end; a disk that is full is waited for, because the end must not be lost.
    private func finish(
        _ records: inout RecordWriter, _ cause: AttemptEnd.Cause, exitCode: Int, log dropped: Int64, lost: Int64 = 0,
        peak: Int64? = nil, cpu: Int64? = nil, message: String
    ) {
        let at = clock.now()
        var words = message.isEmpty ? [] : [message]
        if dropped > lost {
            words.append("its log grew over \(spec.limits.logBytes) bytes: the first \(dropped - lost) were dropped")
        }
        if lost > 0 { words.append("\(lost) bytes of its log were lost because the disk was full") }
        let end = AttemptEnd(
            cause: cause, exitCode: exitCode, peakMemoryBytes: peak, cpuMilliseconds: cpu, droppedLogBytes: dropped,
            message: words.joined(separator: "; "))
        while !records.append(.ended(end), at: at) { sleep(1) }
        hint()
    }

    /// Tells the server that there is a record to read; where it does not listen, it will look by itself.
    private func hint() { HintSocket.send(spec.attempt, to: file.hints) }

    private static func empty(_ descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: 256)
        while read(descriptor, &bytes, bytes.count) > 0 {}
    }
}
