/** The report's look: light or dark as the reader's system is, and one column on a narrow screen. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c2430; --faint: #5a6675; --line: #d5dbe3; --panel: #f5f7fa;
  --good: #0b6b3a; --bad: #a3201b; --calm: #4b5563; --path: #0a58ca;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --ink: #e6eaf0; --faint: #a3adba; --line: #39424e; --panel: #1b212a;
    --good: #58c98b; --bad: #ff8a80; --calm: #b6bfca; --path: #6ea8fe;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; } h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
a { color: var(--path); } a:focus-visible, [tabindex]:focus-visible, summary:focus-visible { outline: 3px solid var(--path); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
.faint { color: var(--faint); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .45rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > * { border-bottom: 0; }
article { border-top: 2px solid var(--line); margin-top: 2rem; }
.outcome { font-weight: 700; } .good { color: var(--good); } .bad { color: var(--bad); } .calm { color: var(--calm); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; margin-bottom: 1rem; }
.panel { background: var(--panel); border-radius: 8px; padding: .2rem 1rem .8rem; overflow-wrap: anywhere; }
ul, ol { padding-left: 1.2rem; margin: .3rem 0; } li { margin: .2rem 0; overflow-wrap: anywhere; }
ol.timeline { list-style: none; padding: 0; } ol.timeline li { display: grid; grid-template-columns: 5.5rem 1fr; gap: .6rem; border-left: 3px solid var(--line); padding: .1rem 0 .5rem .8rem; margin: 0; }
ol.timeline time { color: var(--faint); font-variant-numeric: tabular-nums; }
code { font: .9em ui-monospace, monospace; background: var(--panel); border-radius: 4px; padding: .05rem .3rem; overflow-wrap: anywhere; }
svg { display: block; margin: 0 auto; } svg text { font: 12px system-ui, sans-serif; text-anchor: middle; fill: var(--faint); }
.state rect { fill: var(--paper); stroke: var(--line); stroke-width: 1.5; } .state.visited rect { stroke: var(--path); stroke-width: 2.5; } .state.visited text { fill: var(--ink); font-weight: 600; }
.edge { fill: none; stroke: var(--line); stroke-width: 1.3; } .edge.taken { stroke: var(--path); stroke-width: 2.5; } .edge.error { stroke: var(--bad); stroke-dasharray: 6 4; }
@media (max-width: 40rem) { ol.timeline li { grid-template-columns: 1fr; gap: 0; } table, thead, tbody, tr, th, td { display: block; } thead { position: absolute; left: -99rem; } td::before { content: attr(data-label) ": "; color: var(--faint); } td { border: 0; padding: .15rem .7rem; } tr { border-bottom: 1px solid var(--line); padding: .5rem 0; } }
@media print { .scroll { overflow: visible; } article { break-inside: avoid; } }
`;
