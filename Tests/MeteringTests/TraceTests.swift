import Kernel
import Metering
import Pricing
import TestKit
import Testing

/// Traces are read as docs/replay.md says; the rows are made up, in the shape of the published files.
@Suite struct TraceTests {
    private static let offer = TraceOffer(product: ProductID("training-job"), flavor: FlavorID("v100"))

    private func read<Reader: TraceReader>(_ reader: Reader, _ lines: [String]) throws -> [Reader.Item] {
        var items: [Reader.Item] = []
        for line in lines {
            let bytes = Array(line.utf8)
            try bytes.withUnsafeBytes { line in if let item = try reader.read(line) { items.append(item) } }
        }
        if let last = reader.finish() { items.append(last) }
        return items
    }

    private func reason<Reader: TraceReader>(_ reader: Reader, _ line: String) -> String? {
        do { _ = try read(reader, [line]) } catch { return (error as? Fault)?.message }
        return nil
    }

    private func phillyReader(header: String = "job_id,submit_time,num_gpu,duration") throws -> PhillyTrace {
        try PhillyTrace(header: Array(header.utf8), tenant: "vc1", offer: Self.offer, start: Second(1_000))
    }

    private func heliosReader() throws -> HeliosTrace {
        try HeliosTrace(
            header: Array("time,running_gpu_num,pending_gpu_num,total_gpu_num\r".utf8), tenant: "vc1",
            offer: Self.offer)
    }

    @Test("A job of Philly is a use of its GPUs from its submission on; one without a second is none")
    func philly() throws {
        let reader = try phillyReader(header: "duration,job_id,extra,num_gpu,submit_time")
        let uses = try read(reader, ["30,a,x,4,500", "0,b,x,2,600\r"])
        #expect(uses.map(\.resource) == ["job-a"])
        #expect(uses.map { [$0.quantity, $0.start.value, $0.end.value] } == [[4, 1_500, 1_530]])
        #expect(reader.figures.map(\.value) == [2, 120, 600])
    }

    @Test(
        "A row of Philly that cannot be used says why",
        arguments: [
            ("a,1,2", "fields"), (",1,2,3", "job_id"), ("a,-1,2,3", "submit_time"), ("a,1,0,3", "num_gpu"),
            ("a,1,1.5,3", "num_gpu"), ("a,1,2,", "duration"), ("a,9223372036854775807,2,3", "submit_time"),
            ("a,1,2,99999999999999999999", "duration"), ("", "fields"),
        ])
    func badJobs(line: String, told: String) throws {
        #expect(reason(try phillyReader(), line)?.contains(told) == true)
    }

    @Test("Every column that is missing or stands twice is named")
    func headers() {
        #expect(throws: Faults.self) { try phillyReader(header: "job_id,num_gpu,num_gpu") }
        do { _ = try phillyReader(header: "job_id,num_gpu,num_gpu") } catch {
            #expect("\(error)".contains("no column submit_time") && "\(error)".contains("num_gpu twice"))
        }
    }

    @Test("Minutes in a row with the same number of GPUs are one stretch; none running, or a gap, ends it")
    func helios() throws {
        let reader = try heliosReader()
        let levels: [(minute: String, running: Int)] = [
            ("00:00", 3), ("00:01", 3), ("00:02", 0), ("00:03", 3), ("00:05", 3), ("00:06", 4),
        ]
        let uses = try read(reader, levels.map { "2020-05-01 \($0.minute):00,\($0.running),2,8" })
        let start = try #require(Second(iso8601: "2020-04-30T16:00:00Z"))
        let spans: [[Int64]] = [[3, 0, 120], [3, 180, 240], [3, 300, 360], [4, 360, 420]]
        #expect(uses.map { [$0.quantity, $0.start - start, $0.end - start] } == spans)
        #expect(reader.figures.map(\.value) == [6, 16, 12, 48, 4])
    }

    @Test("Whatever the levels, the stretches hold every running GPU-minute once")
    func stretchesHoldEveryMinute() throws {
        for seed in 1...30 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let reader = try heliosReader()
            let lines = (0..<200).filter { _ in Int.random(in: 0..<10, using: &generator) > 0 }.map { minute in
                let second = Second(1_588_262_400 + Int64(minute) * 60)
                let running = Int.random(in: 0..<3, using: &generator)
                return "\(CivilTime(second, offset: 8 * 3_600).text),\(running),0,8"
            }
            let uses = try read(reader, lines)
            let told = uses.reduce(Int128(0)) { $0 + Int128($1.quantity) * Int128($1.seconds) }
            #expect(told == 60 * (reader.figures.first { $0.name == "running_gpu_minutes" }?.value ?? -1))
            #expect(zip(uses, uses.dropFirst()).allSatisfy { $0.end <= $1.start })
        }
    }

    @Test("A minute of Helios that cannot be used says why")
    func badMinutes() throws {
        let reader = try heliosReader()
        _ = try read(reader, ["2020-05-01 00:01:00,1,0,8"])
        #expect(reason(reader, "2020-05-01 00:01:00,1,0,8")?.contains("not after") == true)
        #expect(reason(reader, "2020-05-01 00:02:30,1,0,8")?.contains("no minute") == true)
        #expect(reason(reader, "2020-05-01 00:02:00,-1,0,8")?.contains("running_gpu_num") == true)
    }

    @Test("A request of Azure has its second, its tokens and its place")
    func azure() throws {
        let reader = try AzureLLMTrace(header: Array("TIMESTAMP,ContextTokens,GeneratedTokens".utf8), tenant: "code")
        let requests = try read(
            reader, ["2023-11-16 18:17:03.9799600,4808,10", "2023-11-16 18:17:04,3180,0"])
        #expect(requests.map(\.start.description) == ["2023-11-16T18:17:03Z", "2023-11-16T18:17:04Z"])
        #expect(requests.map { [$0.number, $0.inputTokens, $0.outputTokens] } == [[1, 4_808, 10], [2, 3_180, 0]])
        #expect(reader.figures.map(\.value) == [2, 7_988, 10])
        #expect(reader.period?.first == "2023-11-16 18:17:03.9799600")
        #expect(reason(reader, "yesterday,1,1")?.contains("TIMESTAMP") == true)
        #expect(reason(reader, "2023-11-16 18:17:04,1,many")?.contains("GeneratedTokens") == true)
    }

    @Test(
        "The tenant stands in the file's name",
        arguments: [
            ("/data/Earth_vc3sl_minutely_may2020.csv.gz", "vc3sl"),
            ("elasticflow_philly_vc103959_jobs.csv", "vc103959"),
            ("jobs.csv", "jobs"), (".csv", "trace"),
        ])
    func tenants(path: String, name: String) { #expect(TraceTenant.name(ofFile: path) == name) }

    @Test("A window gives what it holds in order of time, and equal starts in the order they came")
    func window() {
        var generator = SeededGenerator(seed: 5)
        var window = TraceWindow<Moment>(size: 50)
        var given: [Moment] = []
        for number in 0..<300 {
            if window.isFull, let first = window.take() { given.append(first) }
            let start = number / 3 * 3 + Int.random(in: -10...10, using: &generator)
            window.put(Moment(start: Second(Int64(start)), number: number))
        }
        while let next = window.take() { given.append(next) }
        #expect(given.count == 300)
        #expect(zip(given, given.dropFirst()).allSatisfy { ($0.start, $0.number) < ($1.start, $1.number) })
    }

    private struct Moment: TraceItem {
        let start: Second
        let number: Int
    }
}
