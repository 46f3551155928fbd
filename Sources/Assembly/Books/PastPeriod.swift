import Billing
import Kernel
import Metering
import Platform
import Store

/// The stretches of a data folder that ran in a period.
enum PastPeriod {
    static func uses(in books: OpenBooks, over period: Range<Second>, account: String?) async throws -> [PeriodUse] {
        try await books.store.read { transaction in
            var uses: [PeriodUse] = []
            try transaction.eachStretch { page in
                for metered in page where account.map({ $0 == metered.account.text }) ?? true {
                    let facts = try transaction.facts(of: metered.segment.id)
                    guard let interval = try RunInterval.of(facts), interval.start < period.upperBound,
                        interval.provenUntil > books.monthStart(of: period)
                    else { continue }
                    uses.append(PeriodUse(metered: metered, interval: interval))
                }
            }
            return uses
        }
    }
}

extension OpenBooks {
    /// What counts towards a month's tiers may lie before the period.
    fileprivate func monthStart(of period: Range<Second>) -> Second {
        BillingZone.beijing.month(of: period.lowerBound).lowerBound
    }
}
