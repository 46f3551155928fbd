import CoreMetrics
import Foundation
import Kernel
import Telemetry
import Testing

/// Source: Prometheus, text exposition format 0.0.4 and the data model's names.
@Suite struct MetricsTests {
    let registry = MetricsRegistry()

    @Test func aCounterOnlyGrows() {
        let counter = Counter(label: "jobs.placed", dimensions: [("pool", "public")], factory: registry)
        counter.increment()
        counter.increment(by: 41)
        let again = Counter(label: "jobs.placed", dimensions: [("pool", "public")], factory: registry)
        again.increment(by: -5)
        #expect(lines.contains("# TYPE jobs_placed_total counter"))
        #expect(lines.contains(#"jobs_placed_total{pool="public"} 42"#))
    }

    @Test func aCounterIsExactBeyondDoubles() {
        let counter = Counter(label: "bytes", factory: registry)
        counter.increment(by: (1 << 53) + 1)
        counter.increment(by: 2)
        #expect(lines.contains("bytes_total 9007199254740995"))
    }

    @Test func aFloatingPointCounterAddsParts() {
        let counter = FloatingPointCounter(label: "seconds", factory: registry)
        counter.increment(by: 0.25)
        counter.increment(by: 0.5)
        counter.increment(by: -Double.infinity)
        counter.increment(by: Double.nan)
        #expect(lines.contains("seconds_total 0.75"))
    }

    @Test func aGaugeShowsTheLastValue() {
        let meter = Meter(label: "cores_free", factory: registry)
        meter.set(2)
        meter.increment(by: 1.5)
        meter.decrement(by: 3)
        let gauge = Gauge(label: "age", factory: registry)
        gauge.record(7)
        #expect(lines.contains("# TYPE cores_free gauge") && lines.contains("cores_free 0.5"))
        #expect(lines.contains("age 7"))
        for (value, text) in [(Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN")] {
            meter.set(value)
            #expect(lines.contains("cores_free " + text))
        }
    }

    @Test func aTimerIsAHistogramOfSeconds() {
        let timer = CoreMetrics.Timer(label: "request", dimensions: [("route", "/x")], factory: registry)
        let durations: [Int64] = [400_000, 500_000, 30_000_000, 60_000_000_000]
        for nanoseconds in durations { timer.recordNanoseconds(nanoseconds) }
        let name = "request_seconds"
        #expect(lines.contains("# TYPE \(name) histogram"))
        #expect(lines.contains(#"\#(name)_bucket{route="/x",le="0.0005"} 2"#))
        #expect(lines.contains(#"\#(name)_bucket{route="/x",le="0.025"} 2"#))
        #expect(lines.contains(#"\#(name)_bucket{route="/x",le="0.05"} 3"#))
        #expect(lines.contains(#"\#(name)_bucket{route="/x",le="10"} 3"#))
        #expect(lines.contains(#"\#(name)_bucket{route="/x",le="+Inf"} 4"#))
        #expect(lines.contains(#"\#(name)_count{route="/x"} 4"#))
        #expect(lines.contains(#"\#(name)_sum{route="/x"} 60.0309"#))
    }

    /// Buckets add up from bound to bound, and the last is the count.
    @Test func bucketsGrow() {
        let recorder = Recorder(label: "size", factory: registry)
        var seed: UInt64 = 1
        for _ in 0..<500 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            recorder.record(Int64(seed >> 34))
        }
        let counts = lines.filter { $0.hasPrefix("size_bucket") }.compactMap { Int($0.split(separator: " ")[1]) }
        #expect(counts == counts.sorted() && counts.count == 10 && counts.last == 500)
        #expect(lines.contains("size_count 500"))
    }

    @Test func labelsAreEscapedAndNamesCleaned() {
        let value = "back\\slash \"quote\"\nline"
        let labels = [("le", "x"), ("__a", "y"), ("a-b", value)]
        Counter(label: "1st-näme", dimensions: labels, factory: registry).increment()
        let line = lines.first { $0.hasPrefix("_1st_") && !$0.hasPrefix("#") }
        #expect(
            line == #"_1st_n__me_total{a_b="back\\slash \"quote\"\nline",label___a="y",label_le="x"} 1"#)
    }

    @Test func aLongLabelIsCut() {
        let value = String(repeating: "模", count: 10_000)
        Counter(label: "long", dimensions: [("path", value)], factory: registry).increment()
        let line = lines.first { $0.hasPrefix("long_total") } ?? ""
        #expect(line.utf8.count < 2 * Limits.metricLabelBytes && line.hasSuffix("\"} 1"))
    }

    @Test func seriesBeyondTheLimitAreCountedNotKept() {
        let small = MetricsRegistry(seriesLimit: 3)
        for index in 0..<10 {
            Counter(label: "many", dimensions: [("index", "\(index)")], factory: small).increment()
        }
        let lines = small.text().split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("many_total{") }.count == 3)
        #expect(lines.contains("metrics_series_refused_total 7"))
        Counter(label: "many", dimensions: [("index", "0")], factory: small).increment()
        #expect(small.text().contains(#"many_total{index="0"} 2"#))
    }

    @Test func aForgottenSeriesMakesRoom() {
        let small = MetricsRegistry(seriesLimit: 1)
        let first = Counter(label: "first", factory: small)
        first.increment()
        first.destroy()
        Counter(label: "second", factory: small).increment()
        #expect(!small.text().contains("first_total") && small.text().contains("second_total 1"))
    }

    /// Two kinds under one name would make the text unreadable to a scraper.
    @Test func aNameIsOfOneKind() {
        Meter(label: "same_total", factory: registry).set(1)
        Counter(label: "same", factory: registry).increment()
        #expect(lines.filter { $0.hasPrefix("# TYPE same_total") } == ["# TYPE same_total gauge"])
        #expect(lines.contains("metrics_series_refused_total 1"))
    }

    @Test func everyLineIsInTheFormat() {
        Counter(label: "a", dimensions: [("b", "c d")], factory: registry).increment()
        CoreMetrics.Timer(label: "t", factory: registry).recordSeconds(1)
        let sample =
            #/
            [a-zA-Z_:][a-zA-Z0-9_:]*
            (\{ [a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*" (,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*")* \})?
            \x20 ([0-9.e+\-]+|\+Inf|-Inf|NaN)
            /#
        let type = #/# TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram)/#
        let help = #/# HELP [a-zA-Z_:][a-zA-Z0-9_:]* .*/#
        #expect(registry.text().hasSuffix("\n"))
        for line in lines {
            let isInFormat = line.wholeMatch(of: sample) != nil || line.wholeMatch(of: type) != nil
            #expect(isInFormat || line.wholeMatch(of: help) != nil, "\(line)")
        }
        let types = lines.filter { $0.hasPrefix("# TYPE") }
        #expect(Set(types).count == types.count)
        #expect(lines.contains { $0.hasPrefix("process_resident_memory_bytes ") })
    }

    @Test func countsOfManyThreadsAddUp() async {
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        Counter(label: "shared", factory: registry).increment()
                        Recorder(label: "sizes", factory: registry).record(1)
                        FloatingPointCounter(label: "parts", factory: registry).increment(by: 0.5)
                    }
                }
            }
        }
        #expect(lines.contains("shared_total 8000") && lines.contains("sizes_count 8000"))
        #expect(lines.contains("parts_total 4000"))
    }

    private var lines: [String] { registry.text().split(separator: "\n").map(String.init) }
}
