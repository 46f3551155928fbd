import Billing
import Identity
import Kernel
import Ledger
import Money
import Platform

/// Coupons at the end of a simulation: what each paid, when it might, and what is left.
struct SimulatedCoupons {
    let simulation: Simulation
    let store: any Store

    /// Goes through the journal and holds each line against what its account's coupons had left.
    func check() async throws {
        let (postings, owned) = try await store.read { transaction in
            (try transaction.postings(after: 0, limit: .max), try transaction.coupons(of: nil))
        }
        var left: [CouponID: Int128] = [:]
        var standing: [String: (wallet: Int128, coupons: Int128)] = [:]
        for posting in postings.map(\.posting) {
            if let coupon = owned.first(where: { posting.reference == "coupon:\($0.coupon.id)" }) {
                left[coupon.coupon.id] = coupon.granted.units
            }
            guard posting.reference == "settlement:\(posting.id)" else { continue }
            for line in try await store.read({ try $0.billLines(of: posting.id) }) {
                let place = "\(line.segment) \(line.hour)"
                let past = standing[place] ?? (0, 0)
                let coupons = line.coupons.reduce(Int128(0)) { $0 + $1.amount.units }
                let usable = owned.filter { coupon in
                    let coupon = coupon.coupon
                    return coupon.validFrom <= line.from && line.from < coupon.validUntil
                        && (coupon.product ?? line.product.text) == line.product.text
                }.filter { $0.account == line.account }.reduce(Int128(0)) { $0 + (left[$1.coupon.id] ?? 0) }
                let due = line.due.units
                let expected =
                    due >= 0 ? min(due, usable) : -min(max(0, -due - max(0, past.wallet)), max(0, past.coupons))
                guard coupons == expected else {
                    throw simulation.broken(
                        "3, exact", "coupons pay \(coupons) of \(due) of the line \(line.id), not \(expected)")
                }
                standing[place] = (past.wallet + due - coupons, past.coupons + coupons)
                for part in line.coupons { left[part.coupon, default: 0] -= part.amount.units }
                guard left.values.allSatisfy({ $0 >= 0 }) else {
                    throw simulation.broken("4, balanced", "a coupon is below zero after the line \(line.id)")
                }
            }
        }
        for coupon in owned where left[coupon.coupon.id] != coupon.coupon.remaining.units {
            throw simulation.broken(
                "4, balanced",
                "\(coupon.coupon.id) has \(coupon.coupon.remaining), and its lines leave "
                    + "\(left[coupon.coupon.id] ?? 0) x 10^-8")
        }
        let granted = simulation.coupons.map(\.granted.units).sorted()
        guard owned.map(\.granted.units).sorted() == granted else {
            throw simulation.broken("2, once", "\(granted) was granted, and there are \(owned.map(\.granted.units))")
        }
    }
}
