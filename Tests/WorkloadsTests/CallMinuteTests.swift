import TestKit
import Testing

@testable import Workloads

/// What calls are counted as.
struct CallMinuteTests {
    /// Every percentile is at most a 64th above the exact one, of values of every size.
    @Test(arguments: 0..<10)
    func percentilesAreWithinTheirBucket(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let values = (0..<2_000).map { _ in
            Int64.random(in: 0...(1 << Int64.random(in: 1...36, using: &random)), using: &random)
        }
        var histogram = LatencyHistogram()
        var halves = [LatencyHistogram(), LatencyHistogram()]
        for (index, value) in values.enumerated() {
            histogram.record(microseconds: value)
            halves[index % 2].record(microseconds: value)
        }
        halves[0].add(halves[1])
        #expect(halves[0] == histogram && histogram.total == 2_000)
        let sorted = values.sorted()
        for thousandths: Int64 in [1, 10, 500, 900, 990, 999, 1_000] {
            let exact = sorted[Int((2_000 * thousandths + 999) / 1_000) - 1]
            let told = histogram.percentile(thousandths: thousandths) ?? -1
            #expect(exact <= told && told <= exact + exact / 64 + 1, "\(thousandths): \(exact) is told as \(told)")
        }
    }

    @Test func nothingHasNoPercentile() {
        #expect(LatencyHistogram().percentile(thousandths: 500) == nil)
        var odd = LatencyHistogram()
        odd.record(microseconds: -5)
        odd.record(microseconds: .max)
        #expect(odd.percentile(thousandths: 1) == 0 && odd.total == 2)
    }

    @Test(arguments: [
        (#"{"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens":3, "total_tokens": 15}}"#, 12, 3),
        (#"{"usage":{"input_tokens":7,"output_tokens":0}}"#, 7, 0),
        ("data: {\"usage\": null}\n\ndata: {\"usage\": {\"completion_tokens\": 9}}\n\ndata: [DONE]\n\n", 0, 9),
        (#"n": "cut off", "usage": {"prompt_tokens": 1, "completion_tokens": 2}, "system_fingerprint": "x"}"#, 1, 2),
    ])
    func tokensAreReadOffAnAnswersEnd(answer: String, prompt: Int64, completion: Int64) {
        #expect(TokenUse(inEndOf: Array(answer.utf8)) == TokenUse(prompt: prompt, completion: completion))
    }

    @Test(arguments: [
        "", "{}", #""usage""#, #"{"usage": {"prompt_tokens": "many"}}"#, #"{"usage": {"prompt_tokens": -4}}"#,
        #"{"usage": {"prompt_tokens": 99999999999999999999}}"#, #"{"usage": {"prompt_tokens": 9000000000}}"#,
    ])
    func whatIsNoUseCountsNothing(answer: String) { #expect(TokenUse(inEndOf: Array(answer.utf8)) == nil) }
}
