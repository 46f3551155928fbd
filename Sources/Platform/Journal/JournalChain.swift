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
    /// - Parameter line: the line that it charges; nil for any other posting.
    func link(_ numbered: NumberedPosting, line: BillLine?, after former: JournalLink?) -> JournalLink {
        var text = JournalText()
        text.add(former?.digest ?? "")
        text.add(String(numbered.number))
        text.add(numbered.posting)
        if let line { text.add(line) }
        return JournalLink(number: numbered.number, digest: Hexadecimal.text(digests.sha256(text.bytes)))
    }
}

extension StoreTransaction {
    /// Appends a posting to the journal and links it to what came before.
    func post(_ posting: Posting, line: BillLine? = nil, ports: Ports) throws {
        let chain = JournalChain(digests: ports.secrets.digests)
        let number = try append(posting)
        var former = try lastLink()
        // A journal that an older release wrote is linked from its beginning, once.
        while (former?.number ?? 0) < number - 1 {
            for earlier in try postings(after: former?.number ?? 0, limit: 1_000) where earlier.number < number {
                let link = chain.link(earlier, line: try chargedLine(of: earlier.posting), after: former)
                try append(link)
                former = link
            }
        }
        try append(chain.link(NumberedPosting(number: number, posting: posting), line: line, after: former))
    }

    /// The line that a posting charges; nil for any other posting.
    func chargedLine(of posting: Posting) throws -> BillLine? {
        posting.kind == .charge ? try billLine(BillLineID(posting.reference)) : nil
    }
}
