import Testing
import Wire

@Suite struct HTMLTextTests {
    @Test(arguments: [
        ("", ""), ("plain é 😀", "plain é 😀"), ("a & b", "a &amp; b"), ("&amp;", "&amp;amp;"),
        ("<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"),
        ("\" onclick=\"x", "&quot; onclick=&quot;x"), ("<\u{301}", "&lt;\u{301}"), ("a\0b", "a\0b"),
    ])
    func escapes(_ text: String, _ escaped: String) {
        #expect(Array(HTMLText.escaped(text).utf8) == Array(escaped.utf8))
    }
}
