//! What the page of a report needs beyond the style of all pages; not its content.

/// The style sheet.
pub(super) const STYLE: &str = "\
:root{--price:#2f6fdb;--machines:#8a5a00;--now:#b3261e;--next:#b26a00}
@media(prefers-color-scheme:dark){:root{--price:#8fb8ff;--machines:#ffc078;--now:#ff8a80;--next:#ffc078}}
.panel{position:relative;height:9rem;margin:.2rem 0 0;border-bottom:1px solid var(--line);border-left:1px solid var(--line);background:var(--card)}
.panel.low{height:5rem}.panel svg{position:absolute;inset:0;width:100%;height:100%;display:block}
.panel path{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}.price-line{stroke:var(--price)}.machines-line{stroke:var(--machines)}
.panel path.fill{stroke:none;opacity:.14}.price-fill{fill:var(--price)!important}.machines-fill{fill:var(--machines)!important}
.panel line{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
.mark{position:absolute;width:.7rem;height:.7rem;margin:-.35rem 0 0 -.35rem;border-radius:50%;border:2px solid var(--card)}
.lane{position:relative;height:.55rem;margin-top:.25rem;background:var(--bar);border-radius:.2rem;overflow:hidden}
.lane i{position:absolute;top:0;bottom:0;min-width:2px;background:repeating-linear-gradient(45deg,#f2a29b,#f2a29b 3px,#f7cfcb 3px,#f7cfcb 6px)}
.days{display:grid;grid-template-columns:repeat(7,minmax(0,1fr));font-size:.72rem;color:var(--dim)}
.days span{border-left:1px solid var(--line);padding-left:.25rem;overflow:hidden;white-space:nowrap}
.legend{display:flex;flex-wrap:wrap;gap:.2rem .9rem;font-size:.8rem;margin:.5rem 0}.legend i{position:static;display:inline-block;margin:0 .3rem -.1rem 0}
.m-emptiness{background:#1a9d61}.m-consolidation{background:#2f6fdb}.m-drift{background:#b26a00}.m-expiry{background:#b3261e}.m-bought{background:#7a5cc2}.m-other{background:#8b949e}
.events{list-style:none;padding:0;font-size:.88rem}.events li{display:grid;grid-template-columns:7.2rem 1fr;gap:.4rem;padding:.2rem 0;border-bottom:1px solid var(--line)}
@media(max-width:34rem){.events li{grid-template-columns:1fr;gap:0}}
.now{border-left:.3rem solid var(--now)}.next{border-left:.3rem solid var(--next)}.verdict{font-weight:600;margin:.45rem 0 0}
.now .verdict{color:var(--now)}.next .verdict{color:var(--next)}.card p{overflow-wrap:anywhere}
";
