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
header { padding-top: 1rem; }
h1 { font-size: clamp(1.45rem, 1rem + 2vw, 2.1rem); line-height: 1.2; margin: .2rem 0 .5rem; max-width: 60rem; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 .4rem; } h3, h4 { font-size: .95rem; margin: 0 0 .35rem; }
p { margin: .3rem 0 .6rem; }
a { color: var(--path); } :focus-visible { outline: 3px solid var(--path); outline-offset: 2px; }
[tabindex="-1"]:focus { outline: none; }
.skip { position: absolute; left: -99rem; z-index: 1; } .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .75rem 1rem; border-radius: 8px; }
.above { margin: 0; font-size: .85rem; font-weight: 600; color: var(--path); } .faint { color: var(--faint); }
main > section[aria-labelledby], .workload { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem 1.25rem; margin: 1rem 0; scroll-margin-top: 1rem; }
li, dd, td, th, h1, h2, p { unicode-bidi: isolate; }
.outcome, .tally li, .notice { border-radius: 6px; padding: .1rem .5rem; font-weight: 700; white-space: nowrap; }
.good { color: var(--good); background: var(--good-tint); } .bad { color: var(--bad); background: var(--bad-tint); }
.calm { color: var(--calm); background: var(--calm-tint); } .tally .warn { color: var(--warn); background: var(--warn-tint); } strong.warn { color: var(--warn); }
.notice { white-space: normal; font-weight: 400; padding: .75rem 1rem; }
.tally { list-style: none; padding: 0; margin: .2rem 0 1rem; display: flex; flex-wrap: wrap; gap: .6rem; }
.tally li { font-weight: 500; padding: .35rem .8rem; margin: 0; } .tally strong { font-size: 1.25rem; margin-right: .15rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; } caption { text-align: left; color: var(--faint); padding-bottom: .4rem; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: middle; }
thead th:nth-child(1) { width: 16.5rem; } thead th:nth-child(4) { width: 5.5rem; } thead th:nth-child(6) { width: 6.5rem; } thead th { color: var(--faint); font-size: .85rem; font-weight: 600; } tbody th { font-weight: 600; }
tbody tr:last-child > * { border-bottom: 0; }
tbody a, .up { display: inline-block; padding: .2rem 0; }
.summary { font-size: 1.05rem; }
#workloads > h2 { margin: 1.25rem 0 .5rem; } article { padding: 0 0 .5rem; scroll-margin-top: 1rem; }
main > section .workload { margin: .35rem 0; padding: 0 1.25rem; }
summary { min-height: 2.75rem; cursor: pointer; position: relative; padding-left: 1.4rem; display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; border-radius: 6px; }
summary::before { content: "\\25B8"; position: absolute; left: 0; color: var(--faint); } details[open] > summary::before { content: "\\25BE"; } summary::-webkit-details-marker { display: none; }
summary h3 { font-size: 1.05rem; margin: 0; } .more { margin: .25rem 0 0; } .more > summary { color: var(--path); }
.chart { margin: 0; } .chart svg { width: 100%; max-width: 26rem; height: auto; margin: .25rem 0 0; } figcaption { font-size: .9rem; color: var(--faint); } figcaption strong { color: var(--ink); }
.ready, .wanted, .change, .axis { fill: none; stroke: var(--path); stroke-width: 2.5; } .ready-area { fill: var(--taken); } .axis { stroke: var(--line); stroke-width: 1.3; }
.wanted { stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 5 4; } .change { stroke: var(--warn); stroke-width: 1.5; stroke-dasharray: 2 3; }
.chart text.end { text-anchor: end; } .chart text.start { text-anchor: start; }
.key span { margin-left: .6rem; border-bottom: 3px solid var(--path); } .key .key-wanted { border-bottom: 2px dashed var(--faint); } .key .key-change { border-bottom: 2px dotted var(--warn); }
.facts { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1px; margin: 0 0 1.25rem; background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.facts div { background: var(--card); padding: .6rem .9rem; } dt { font-size: .85rem; color: var(--faint); } dd { margin: 0; font-weight: 600; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: .75rem; margin-bottom: .75rem; align-items: start; } .columns > * { min-width: 0; }
.panel { background: var(--panel); border-radius: 8px; padding: .6rem 1rem; } .chart + .panel { margin-top: .6rem; } .columns + .panel { margin-bottom: 1.25rem; }
ul, ol { padding-left: 1.1rem; margin: 0; } li { margin: .2rem 0; }
ol.timeline { list-style: none; padding: 0; margin: 0 0 1.25rem .4rem; border-left: 2px solid var(--line); }
ol.timeline li { display: grid; grid-template-columns: 4.2rem minmax(0, 1fr); gap: .5rem; position: relative; padding: 0 0 .45rem 1.1rem; margin: 0; }
ol.timeline li::before { content: ""; position: absolute; left: -6px; top: .5rem; width: 10px; height: 10px; border-radius: 50%; background: var(--card); border: 2px solid var(--calm); }
ol.timeline .failure::before { background: var(--bad); border-color: var(--bad); } ol.timeline .remedy::before { background: var(--path); border-color: var(--path); }
ol.timeline .check::before { border-color: var(--path); } ol.timeline .outcome::before { background: var(--ink); border-color: var(--ink); }
ol.timeline .outcome { font-weight: 400; white-space: normal; border-radius: 0; }
ol.timeline time { color: var(--faint); font-variant-numeric: tabular-nums; text-align: right; }
ol.path { list-style: none; padding: 0; margin-bottom: .75rem; color: var(--faint); font-size: .9rem; } ol.path li { display: inline; } ol.path li:not(:last-child)::after { content: " \\2192"; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; padding: .5rem; } pre { overflow-x: auto; background: var(--panel); margin: .5rem 0 0; padding: .25rem 0; font-size: .85rem; overflow-wrap: normal; } section > pre { padding: 1rem; border-radius: 8px; }
svg { display: block; margin: 0 auto; } svg text { font: 11.5px system-ui, sans-serif; text-anchor: middle; fill: var(--faint); } .state text.passed { text-anchor: end; fill: var(--path); }
.state rect { fill: var(--card); stroke: var(--line); stroke-width: 1.5; } .state.visited rect { fill: var(--taken); stroke: var(--path); stroke-width: 2; } .state.visited text { fill: var(--ink); font-weight: 600; }
.edge { fill: none; stroke: var(--line); stroke-width: 1.3; } .edge.taken { stroke: var(--path); stroke-width: 2.5; } .edge.error { stroke: var(--bad); stroke-dasharray: 6 4; }
@media (max-width: 60rem) {
  tbody a, .up { padding: .65rem 0; }
  .facts { grid-template-columns: repeat(2, 1fr); }
  table, tbody, tr, th, td { display: block; } caption { display: block; } thead { position: absolute; left: -99rem; }
  td { border: 0; padding: .15rem 0; } td::before { content: attr(data-label) ": "; color: var(--faint); } tbody th { border: 0; } tr { border-bottom: 1px solid var(--line); padding: .2rem 0 .7rem; } tbody tr:last-child { border-bottom: 0; }
}
@media (max-width: 40rem) {
  main > section[aria-labelledby], .workload { padding: 1rem; }
  ol.timeline li { grid-template-columns: 1fr; gap: 0; } ol.timeline time { text-align: left; }
}
@media print {
  .scroll, pre { overflow: visible; } pre { white-space: pre-wrap; } .skip, .up { display: none; } .columns > * { break-inside: avoid-page; }
  details::details-content { content-visibility: visible; height: auto; } summary::before { display: none; }
}
`;
