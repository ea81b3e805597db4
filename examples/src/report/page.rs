//! Style of the HTML page: one file, no script, no network, readable on a phone, light and dark; not its content.

/// The style sheet.
pub(crate) const STYLE: &str = "\
:root{color-scheme:light dark;--bg:#f7f7f5;--card:#fff;--ink:#1c1f23;--dim:#5d656e;--line:#dcdfe3;--bar:#eceef1;--bad:#b3261e;--good:#1a7f4b}
@media(prefers-color-scheme:dark){:root{--bg:#14171a;--card:#1d2125;--ink:#e7eaed;--dim:#9aa4ae;--line:#333a41;--bar:#2a3036;--bad:#ff8a80;--good:#6fd39b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--bg);color:var(--ink);font:16px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
h1{font-size:1.35rem;margin:.2rem 0}h2{font-size:1.1rem;margin:1.6rem 0 .6rem}
p{margin:.3rem 0}.dim{color:var(--dim)}
.sums{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.6rem;margin:.8rem 0}
.sum,.card{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.7rem .85rem}
.sum b{display:block;font-size:1.25rem;line-height:1.25;overflow-wrap:anywhere}.sum.bad b{color:var(--bad)}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:.7rem}
.card h3{font-size:1rem;margin:0;overflow-wrap:anywhere}.row{display:flex;justify-content:space-between;gap:.6rem;align-items:baseline}
.price{white-space:nowrap;font-variant-numeric:tabular-nums}
.label{display:flex;justify-content:space-between;font-size:.82rem;margin-top:.5rem}
.bar{display:flex;height:1.5rem;background:var(--bar);border-radius:.3rem;overflow:hidden}
.bar span{min-width:2px;height:100%;border-right:1px solid var(--card);overflow:hidden;white-space:nowrap;font-size:.68rem;line-height:1.5rem;color:#10151a;padding:0 .15rem}
.bar .daemon{background:repeating-linear-gradient(45deg,#9aa4ae,#9aa4ae 4px,#b9c1c9 4px,#b9c1c9 8px)}
.key{display:inline-block;width:.75rem;height:.75rem;border-radius:.2rem;margin-right:.35rem;vertical-align:-.05rem}
ul{margin:.4rem 0 0;padding-left:1.1rem}li{margin:.15rem 0;overflow-wrap:anywhere}
ul.pods{list-style:none;padding:0;font-size:.86rem}
details{font-size:.86rem;margin-top:.5rem}summary{cursor:pointer}
code{font-size:.92em;overflow-wrap:anywhere}.bad{color:var(--bad)}
.c0{background:#8fb8ff}.c1{background:#ffc078}.c2{background:#8ce0b1}.c3{background:#f4a6c0}.c4{background:#c7b3ff}.c5{background:#ffe08a}.c6{background:#86dbe6}.c7{background:#d7c3a5}
";

/// Number of colours `c0`… in the style sheet.
pub(super) const COLOURS: usize = 8;

/// Text with the characters that HTML gives a meaning replaced.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
