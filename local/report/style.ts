/** The report's look: light or dark as the reader's system is, and one column on a narrow screen. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f4f6f9; --card: #ffffff; --ink: #18212d; --faint: #55606e; --line: #d3dae3; --panel: #f4f6f9;
  --good: #0b6b3a; --bad: #a3201b; --calm: #46505d; --warn: #8a4b00; --path: #0a55c4; --taken: #e8f0fd;
  --good-tint: #e2f5ea; --bad-tint: #fdeae8; --calm-tint: #e9edf2; --warn-tint: #fdf0dc;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #0e1217; --card: #161c24; --ink: #e8ecf2; --faint: #a7b1be; --line: #364150; --panel: #1e2630;
    --good: #62d296; --bad: #ff9a91; --calm: #bcc6d2; --warn: #ffc069; --path: #7db2ff; --taken: #172a45;
    --good-tint: #12301f; --bad-tint: #3b1a18; --calm-tint: #262f3a; --warn-tint: #38280f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header, main { max-width: 82rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.75rem; }
h1 { font-size: clamp(1.45rem, 1rem + 2vw, 2.1rem); line-height: 1.2; margin: .2rem 0 .5rem; max-width: 60rem; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 .4rem; } h3 { font-size: .95rem; margin: 0 0 .35rem; }
p { margin: .3rem 0 .8rem; }
a { color: var(--path); } :focus-visible { outline: 3px solid var(--path); outline-offset: 2px; }
[tabindex="-1"]:focus { outline: none; }
.skip { position: absolute; left: -99rem; z-index: 1; } .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .75rem 1rem; border-radius: 8px; }
.above { margin: 0; font-size: .85rem; font-weight: 600; color: var(--path); } .faint { color: var(--faint); }
article, main > section[aria-labelledby] { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; margin: 1.25rem 0; scroll-margin-top: 1rem; }
li, dd, td, th, h1, h2, p { unicode-bidi: isolate; }
.outcome, .tally li, .notice { border-radius: 6px; padding: .1rem .5rem; font-weight: 700; white-space: nowrap; }
.good { color: var(--good); background: var(--good-tint); } .bad { color: var(--bad); background: var(--bad-tint); }
.calm { color: var(--calm); background: var(--calm-tint); } .tally .warn { color: var(--warn); background: var(--warn-tint); } strong.warn { color: var(--warn); }
.notice { white-space: normal; font-weight: 400; padding: .75rem 1rem; }
.tally { list-style: none; padding: 0; margin: .2rem 0 1rem; display: flex; flex-wrap: wrap; gap: .6rem; }
.tally li { font-weight: 500; padding: .35rem .8rem; margin: 0; } .tally strong { font-size: 1.25rem; margin-right: .15rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; } caption { text-align: left; color: var(--faint); padding-bottom: .4rem; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
thead th:nth-child(1) { width: 15.5rem; } thead th:nth-child(4) { width: 6.5rem; } thead th:nth-child(6) { width: 8.5rem; } thead th { color: var(--faint); font-size: .85rem; font-weight: 600; } tbody th { font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
tbody a, .up { display: inline-flex; align-items: center; min-height: 2.75rem; } tbody a { display: inline-block; padding: .65rem 0; }
.summary { font-size: 1.05rem; }
.facts { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1px; margin: 0 0 1.25rem; background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.facts div { background: var(--card); padding: .6rem .9rem; } dt { font-size: .85rem; color: var(--faint); } dd { margin: 0; font-weight: 600; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); gap: .75rem; margin-bottom: .75rem; }
.halves > div { min-width: 0; }
.panel { background: var(--panel); border-radius: 8px; padding: .75rem 1rem; } .columns + .panel { margin-bottom: 1.25rem; }
ul, ol { padding-left: 1.1rem; margin: 0; } li { margin: .2rem 0; }
ol.timeline { list-style: none; padding: 0; margin: 0 0 1.25rem .4rem; border-left: 2px solid var(--line); }
ol.timeline li { display: grid; grid-template-columns: 4.2rem minmax(0, 1fr); gap: .5rem; position: relative; padding: 0 0 .45rem 1.1rem; margin: 0; }
ol.timeline li::before { content: ""; position: absolute; left: -6px; top: .5rem; width: 10px; height: 10px; border-radius: 50%; background: var(--card); border: 2px solid var(--calm); }
ol.timeline .failure::before { background: var(--bad); border-color: var(--bad); } ol.timeline .remedy::before { background: var(--path); border-color: var(--path); }
ol.timeline .check::before { border-color: var(--path); } ol.timeline .outcome::before { background: var(--ink); border-color: var(--ink); }
ol.timeline .outcome { font-weight: 400; white-space: normal; border-radius: 0; }
ol.timeline time { color: var(--faint); font-variant-numeric: tabular-nums; text-align: right; }
ol.path { list-style: none; padding: 0; margin-bottom: .75rem; color: var(--faint); font-size: .9rem; } ol.path li { display: inline; } ol.path li:not(:last-child)::after { content: " \\2192"; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; padding: .5rem; } pre { overflow-x: auto; background: var(--panel); padding: 1rem; border-radius: 8px; overflow-wrap: normal; }
svg { display: block; margin: 0 auto; } svg text { font: 11.5px system-ui, sans-serif; text-anchor: middle; fill: var(--faint); }
.state rect { fill: var(--card); stroke: var(--line); stroke-width: 1.5; } .state.visited rect { fill: var(--taken); stroke: var(--path); stroke-width: 2; } .state.visited text { fill: var(--ink); font-weight: 600; }
.edge { fill: none; stroke: var(--line); stroke-width: 1.3; } .edge.taken { stroke: var(--path); stroke-width: 2.5; } .edge.error { stroke: var(--bad); stroke-dasharray: 6 4; }
@media (min-width: 78rem) { .halves { display: grid; grid-template-columns: minmax(0, 1fr) 44rem; gap: 1.5rem; } }
@media (max-width: 60rem) {
  .facts { grid-template-columns: repeat(2, 1fr); }
  table, tbody, tr, th, td { display: block; } caption { display: block; } thead { position: absolute; left: -99rem; }
  td { border: 0; padding: .15rem 0; } td::before { content: attr(data-label) ": "; color: var(--faint); } tbody th { border: 0; } tr { border-bottom: 1px solid var(--line); padding: .2rem 0 .7rem; } tbody tr:last-child { border-bottom: 0; }
}
@media (max-width: 40rem) {
  article, main > section[aria-labelledby] { padding: 1rem; }
  ol.timeline li { grid-template-columns: 1fr; gap: 0; } ol.timeline time { text-align: left; }
}
@media print { .scroll { overflow: visible; } .skip, .up { display: none; } article { break-inside: avoid-page; } }
`;
