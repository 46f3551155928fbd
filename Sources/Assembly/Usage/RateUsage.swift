import Files
import Glibc
import Kernel
import Pricing
import Rating
import Synchronization

/// Rates a whole usage file with as many workers as there are processors.
struct RateUsage: Sendable {
    let book: PriceBook
    let usage: String
    var until: Second?
    var partition: UsagePartition?
    var groups: [UsageGroup] = []
    /// Where priced lines go; nil writes none.
    var lines: OrderedOutput?
    /// Where refused lines go; nil keeps only the first.
    var rejects: OrderedOutput?
    var workers = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// What the file came to; `refusals` holds the first refused lines, as they stand in the rejects.
    struct Outcome: Sendable {
        let summary: UsageSummary
        let refusals: [UInt8]
    }

    /// Rates it; a line that cannot be rated is refused, and the rest goes on.
    ///
    /// - Parameter progress: told how many bytes of how many have been read.
    /// - Throws: what is wrong with the file as a whole, its header, or the answers' places.
    func callAsFunction(progress: @escaping @Sendable (Int64, Int64) -> Void = { _, _ in }) async throws -> Outcome {
        let file = try UsageFile(path: usage)
        let rating = UsageRating(
            book: book, header: try UsageHeader(line: file.header), until: until, partition: partition,
            writesLines: lines != nil, groups: groups)
        let months = try await months(rating)
        let refusals = Mutex<[UInt8]>([])
        let raters = try await inParallel { worker in
            let rater = UsageRater(rating, months: months)
            try await self.eachRun(of: file) { run in
                rater.rate(run.bytes, firstLine: run.firstLine)
                try lines?.put(rater.lines, at: run.index)
                try rejects?.put(rater.rejected, at: run.index)
                refusals.withLock { if $0.count < 4_096 { $0 += rater.rejected } }
                if worker == 0 { progress(file.progress.read, file.progress.size) }
            }
            return rater
        }
        let whole = raters[0]
        for rater in raters.dropFirst() { whole.absorb(rater) }
        return Outcome(summary: whole.summary(), refusals: refusals.withLock { $0 })
    }

    /// Prices that depend on the month are settled before any line is written; other books need no second reading.
    private func months(_ rating: UsageRating) async throws -> UsageMonths {
        guard book.dependsOnMonth else { return UsageMonths() }
        let file = try UsageFile(path: usage)
        let parts = try await inParallel { _ in
            let rater = UsageRater(rating)
            var months = UsageMonths()
            try await self.eachRun(of: file) { rater.gather($0.bytes, firstLine: $0.firstLine, into: &months) }
            return months
        }
        var whole = parts[0]
        for part in parts.dropFirst() { whole.absorb(part) }
        whole.settle(by: book)
        return whole
    }

    private func inParallel<Value: Sendable>(
        _ work: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for worker in 0..<workers { group.addTask { try await work(worker) } }
            var values: [Value] = []
            for try await value in group { values.append(value) }
            return values
        }
    }

    private func eachRun(of file: UsageFile, _ body: (UsageFile.Run) throws -> Void) async throws {
        let buffer = UsageFile.Buffer()
        while let run = try file.next(into: buffer) {
            try body(run)
            while lines?.isFull == true || rejects?.isFull == true { try await Task.sleep(for: .milliseconds(1)) }
            try Task.checkCancellation()
        }
    }
}
