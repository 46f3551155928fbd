/// Text made safe to stand in HTML, between tags and inside quoted attributes alike.
public enum HTMLText {
    /// The text with `&`, `<`, `>` and both quotes as references (WHATWG HTML §13.1.2.3, §13.1.4).
    ///
    /// One form serves both places, so that no caller can choose the weaker one for an attribute.
    public static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "\""): bytes += "&quot;".utf8
            case UInt8(ascii: "'"): bytes += "&#39;".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
