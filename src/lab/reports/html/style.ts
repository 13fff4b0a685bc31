/** The style of the pages: light and dark, wide and narrow, on paper; no fonts or files from elsewhere. */

import { verdicts } from '../../engine/verdict.ts';

const light = `
  --paper: #ffffff; --raised: #f5f6f8; --ink: #1b1f24; --soft: #57606a; --rule: #d0d7de; --link: #0550ae;
  --good: #1a7f37; --bad: #b3261e; --loose: #8a5a00; --info: #0550ae; --gray: #57606a; --infra: #8250df;
  --lab: #0b63b5; --peer: #1a7f37; --fault: #b3261e; --tls: #8250df; --on: #ffffff;`;
const dark = `
  --paper: #0f1318; --raised: #191f26; --ink: #e6eaef; --soft: #a3adb8; --rule: #343c46; --link: #79b8ff;
  --good: #56d364; --bad: #ff8f85; --loose: #e3b341; --info: #79b8ff; --gray: #a3adb8; --infra: #c9a6ff;
  --lab: #79b8ff; --peer: #56d364; --fault: #ff8f85; --tls: #c9a6ff; --on: #0f1318;`;

/** A box that is not checked hides its cases: the filters need no script. */
const filters = verdicts
  .map(
    (verdict) => `body:has(#show-${verdict}:not(:checked)) [data-verdict="${verdict}"]:not(:target) { display: none; }`,
  )
  .join('\n');

const frame = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem clamp(.75rem, 3vw, 2.5rem) 4rem; max-width: 76rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .3rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .6rem; }
h3 { font-size: .95rem; margin: 1.2rem 0 .4rem; }
a { color: var(--link); } p { margin: .4rem 0; } ul { margin: .4rem 0; padding-left: 1.3rem; }
code, .wire { font: .86em/1.45 ui-monospace, 'DejaVu Sans Mono', monospace; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.soft { color: var(--soft); }
.plain { list-style: none; padding: 0; } .plain li { margin: .15rem 0; }
.notes { border-left: 4px solid var(--loose); padding: .2rem .9rem; background: var(--raised); }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--rule); }
thead th { color: var(--soft); font-weight: 600; }
.scroll { overflow-x: auto; }
.verdict { display: inline-block; padding: .05rem .5rem; border-radius: .3rem; font-size: .78rem; font-weight: 700;
  letter-spacing: .02em; color: var(--on); background: var(--gray); white-space: nowrap; }
.v-PASS { background: var(--good); } .v-FAIL { background: var(--bad); } .v-INFO { background: var(--info); }
.v-NON-STRICT, .v-UNCLEAN { background: var(--loose); } .v-INFRA { background: var(--infra); }`;

const summary = `
.letters { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .6rem; padding: 0; list-style: none; }
.letters li { border: 1px solid var(--rule); border-radius: .5rem; padding: .5rem .8rem; background: var(--raised); }
.letters b { float: right; font-size: 1.7rem; line-height: 1.2; }
.letters small { display: block; color: var(--soft); }
.letter-A { color: var(--good); } .letter-B, .letter-C { color: var(--loose); } .letter-D, .letter-F { color: var(--bad); }
fieldset { border: 1px solid var(--rule); border-radius: .5rem; margin: 1rem 0; padding: .4rem .9rem .6rem; }
fieldset label { display: inline-flex; align-items: center; gap: .35rem; margin: .25rem 1rem .25rem 0; min-height: 1.6rem; }`;

const cases = `
.case { border: 1px solid var(--rule); border-radius: .5rem; margin: .5rem 0; background: var(--paper); }
.case > summary { cursor: pointer; padding: .5rem .8rem; display: grid; gap: .15rem .7rem; align-items: baseline;
  grid-template-columns: 8.6rem 6.6rem 1fr; border-radius: .5rem; }
.case > summary::-webkit-details-marker { display: none; } .case > summary { list-style: none; }
.case > summary:hover { background: var(--raised); }
.case > summary .says { grid-column: 3; }
.case > summary .verdict { justify-self: start; }
.case > summary .verdict::before { content: '▸ '; } .case[open] > summary .verdict::before { content: '▾ '; }
.case > div { padding: .2rem .9rem 1rem; border-top: 1px solid var(--rule); }
.case:target { border-color: var(--link); }
.differs { color: var(--bad); font-weight: 700; }
.story { display: grid; grid-template-columns: 7rem 1fr; gap: .25rem .8rem; margin: .6rem 0; }
.story dt { color: var(--soft); } .story dd { margin: 0; }
.chosen { background: var(--raised); font-weight: 600; }
.repeat { display: block; background: var(--raised); border: 1px solid var(--rule); border-radius: .35rem; padding: .4rem .6rem; }
@media (max-width: 40rem) {
  .case > summary { grid-template-columns: auto 1fr; } .case > summary .says, .case > summary code { grid-column: 1 / -1; }
  .story { grid-template-columns: 1fr; gap: 0; } .story dd { margin-bottom: .5rem; }
  th, td { padding: .3rem .35rem; }
}`;

const timeline = `
.chart { width: 100%; display: block; background: var(--raised); border: 1px solid var(--rule); border-radius: .35rem; }
.chart { margin-bottom: .6rem; }
.chart text { font: 11px system-ui, sans-serif; fill: var(--soft); }
.cut { fill: var(--rule); opacity: .45; }
.track { stroke: var(--soft); stroke-width: 1.5; }
.from-lab { fill: var(--lab); stroke: var(--lab); } .from-peer { fill: var(--peer); stroke: var(--peer); }
.mark-tls { fill: var(--paper); stroke: var(--tls); stroke-width: 2; }
.mark-fault { stroke: var(--fault); stroke-width: 2; stroke-dasharray: 5 3; }
.mark-process { stroke: var(--soft); stroke-dasharray: 2 3; }
.mark-end { stroke: var(--ink); stroke-width: 2; fill: none; } .mark-end.reset { stroke: var(--fault); } .filled { fill: var(--ink); }
.chart .fault-text { fill: var(--fault); font-weight: 700; }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; padding: 0; list-style: none; font-size: .88rem; }
.key svg { vertical-align: -3px; }
.wire-table { table-layout: fixed; } .wire-table .when { width: 5.2rem; }
.wire-table td, .wire-table th { padding: .12rem .5rem; border-bottom-style: dotted; }
.when { text-align: right; font-variant-numeric: tabular-nums; color: var(--soft); white-space: nowrap; }
.wire { white-space: pre-wrap; border-left: 3px solid var(--rule); padding-left: .5rem; display: block; }
.wire.lab { border-color: var(--lab); } .wire.peer { border-color: var(--peer); margin-left: 1.2rem; }
.wire.tls { border-color: var(--tls); } .wire.fault { border-color: var(--fault); color: var(--fault); font-weight: 700; }
@media (max-width: 40rem) { .wire-table .when { width: 3.6rem; } .wire.peer { margin-left: .4rem; }
  .wire-table.both thead { display: none; } .wire-table.both tr { display: grid; grid-template-columns: 3.6rem 1fr; }
  .wire-table.both td:empty { display: none; } .wire-table.both .wire.on-data { background: var(--raised); } }`;

const matrix = `
.matrix small { display: inline-block; line-height: 1.3; }
.matrix th[scope="row"] { font-weight: 400; min-width: 16rem; } .matrix td, .matrix thead th { min-width: 6rem; } .matrix thead th { position: sticky; top: 0; background: var(--paper); }
.same { color: var(--soft); }
body:has(#only-differences:checked) .same-everywhere { display: none; }`;

const print = `
@media print {
  :root { color-scheme: light; ${light} }
  body { font-size: 10.5pt; max-width: none; padding: 0; } fieldset, .on-screen { display: none; }
  .case { break-inside: auto; } .case > summary, tr, .letters li, .chart { break-inside: avoid; }
  h2, h3, .case > summary { break-after: avoid; }
  .verdict, .chosen, .chart, .letters li, .repeat { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .scroll { overflow: visible; } .matrix thead th { position: static; }
}`;

export const style = [frame, summary, cases, timeline, matrix, filters, print].join('\n');
