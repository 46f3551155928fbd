import GRDB
import Kernel
import Platform
import Workloads

extension SQLiteTransaction {
    private static let minuteColumns = """
        calls, failures, successes, prompt_tokens, completion_tokens, latencies, cpu_millicores, memory_bytes
        """

    func add(_ counts: CallMinute, of service: ServiceID, model: ModelID, minute: Second) throws {
        var sum =
            try row(
                "SELECT \(Self.minuteColumns) FROM call_minutes WHERE service = ? AND minute = ? AND model = ?",
                [service.text, minute.value, model.text]
            ) { try minuteCounts(of: $0, from: 0) } ?? CallMinute()
        sum.add(counts)
        try execute(
            """
            INSERT OR REPLACE INTO call_minutes (service, minute, model, \(Self.minuteColumns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                service.text, minute.value, model.text, sum.calls, sum.failures, sum.successes, sum.tokens.prompt,
                sum.tokens.completion, Self.text(sum.latencies), sum.cpuMillicores, sum.memoryBytes,
            ])
    }

    func callMinutes(of service: ServiceID, in range: Range<Second>) throws -> [ServiceMinute] {
        try rows(
            """
            SELECT minute, model, \(Self.minuteColumns) FROM call_minutes
            WHERE service = ? AND minute >= ? AND minute < ? ORDER BY minute, model
            """, [service.text, range.lowerBound.value, range.upperBound.value]
        ) { row in
            ServiceMinute(
                minute: row.second(0), model: row.identifier(1), counts: try minuteCounts(of: row, from: 2))
        }
    }

    func deleteCallMinutes(before minute: Second) throws {
        try execute("DELETE FROM call_minutes WHERE minute < ?", [minute.value])
    }

    private func minuteCounts(of row: Row, from column: Int) throws -> CallMinute {
        CallMinute(
            calls: row[column], failures: row[column + 1], successes: row[column + 2],
            tokens: TokenUse(prompt: row[column + 3], completion: row[column + 4]),
            latencies: Self.latencies(row[column + 5]), cpuMillicores: row[column + 6], memoryBytes: row[column + 7])
    }

    /// `bucket:count bucket:count …`
    private static func text(_ latencies: LatencyHistogram) -> String {
        latencies.counts.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " ")
    }

    private static func latencies(_ text: String) -> LatencyHistogram {
        let pairs = text.split(separator: " ").compactMap { pair -> (Int, Int64)? in
            let parts = pair.split(separator: ":")
            guard parts.count == 2, let bucket = Int(parts[0]), let count = Int64(parts[1]) else { return nil }
            return (bucket, count)
        }
        return LatencyHistogram(Dictionary(pairs, uniquingKeysWith: +))
    }
}
