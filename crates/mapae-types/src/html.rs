//! Text in pages.

/// Text as it stands in an element or in an attribute between quotes: markup in it is nothing but text (HTML §13.1.2).
///
/// ```
/// let name = "\"><script>alert('AT&T')</script>";
/// let field = format!("<input value=\"{}\">", mapae_types::html::escape(name));
/// assert_eq!(field, "<input value=\"&quot;&gt;&lt;script&gt;alert(&#39;AT&amp;T&#39;)&lt;/script&gt;\">");
/// ```
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
