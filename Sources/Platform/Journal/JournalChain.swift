import Billing
import Identity
import Kernel
import Ledger

/// The chain over the journal: each link is SHA-256 of the link before it, of its posting, and of the bill line that
/// the posting charges. Whoever changes one of them must make every later link anew.
struct JournalChain {
    let digests: any Digests

    /// The link of a posting.
    ///
    /// - Parameter lines: the lines that it charges, in order; none for any other posting.
    func link(_ numbered: NumberedPosting, lines: [BillLine], after former: JournalLink?) -> JournalLink {
        var text = JournalText()
        text.add(former?.digest ?? "")
        text.add(String(numbered.number))
        text.add(numbered.posting)
        for line in lines { text.add(line) }
        return JournalLink(number: numbered.number, digest: Hexadecimal.text(digests.sha256(text.bytes)))
    }
}

extension StoreTransaction {
    /// Appends a posting to the journal and links it to what came before.
    func post(_ posting: Posting, lines: [BillLine] = [], ports: Ports) throws {
        let chain = JournalChain(digests: ports.secrets.digests)
        let number = try append(posting)
        var former = try lastLink()
        // A journal that an older release wrote is linked from its beginning, once.
        while (former?.number ?? 0) < number - 1 {
            for earlier in try postings(after: former?.number ?? 0, limit: 1_000) where earlier.number < number {
                let link = chain.link(earlier, lines: try chargedLines(of: earlier.posting), after: former)
                try append(link)
                former = link
            }
        }
        try append(chain.link(NumberedPosting(number: number, posting: posting), lines: lines, after: former))
    }

    /// The lines that a posting charges, in order; none for any other posting.
    func chargedLines(of posting: Posting) throws -> [BillLine] {
        if posting.isSettlement { return try billLines(of: posting.id) }
        guard posting.kind == .charge, !posting.isPurchase else { return [] }
        return try billLine(BillLineID(posting.reference)).map { [$0] } ?? []
    }
}
