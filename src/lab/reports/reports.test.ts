/** Every format holds every case, whatever the peer has said. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { everyVerdict, fullCase, hostileText, sampleReport } from '../../../test/fixtures/lab-report.ts';
import { xmlElements, type XmlElement } from '../../../test/fixtures/xml-elements.ts';
import { parseReport } from '../engine/report-schema.ts';
import { reportFormats } from './index.ts';
import { terminalSummary } from './terminal.ts';

function render(format: string, report = everyVerdict): string {
  return reportFormats[format]?.(report) ?? assert.fail(`no format ${format}`);
}

for (const format of Object.keys(reportFormats)) {
  test(`${format} names every case, is well-formed text and holds no control character but line ends`, () => {
    const text = render(format);
    for (const { id } of everyVerdict.cases) assert.ok(text.includes(id.replaceAll('_', '\\_')), id);
    assert.ok(text.isWellFormed());
    assert.doesNotMatch(text, /(?!\n)\p{Cc}/u);
  });
}

describe('JSON', () => {
  test('is read back as it was written', () => {
    const clean = sampleReport([{ ...fullCase, facts: 'plain', probes: [], events: fullCase.events.slice(4) }], {
      product: 'ExampleFTPd',
      notes: [],
    });
    assert.deepEqual(parseReport(render('json', clean)), JSON.parse(JSON.stringify(clean)));
  });

  test('is refused with the place where it is not a report', () => {
    assert.throws(() => parseReport('{}'), /schema/);
    const broken = render('json').replace('"verdict": "PASS"', '"verdict": "GOOD"');
    assert.throws(() => parseReport(broken), /cases\.\d+\.verdict/);
  });

  test('has a short form without events', () => {
    const short = parseReport(render('json-summary'));
    assert.deepEqual(
      short.cases.map(({ id, verdict }) => [id, verdict]),
      everyVerdict.cases.map(({ id, verdict }) => [id, verdict]),
    );
    assert.deepEqual(short.cases[0]?.events, []);
    assert.equal(short.cases[0]?.droppedEvents, fullCase.events.length + 3);
  });
});

describe('JUnit', () => {
  const named = (element: XmlElement, name: string): XmlElement[] =>
    element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...named(child, name)]);

  test('is well-formed, with sums that are right and the words of the peer unchanged', () => {
    const root = xmlElements(render('junit'));
    assert.equal(root.name, 'testsuites');
    assert.equal(named(root, 'testcase').length, everyVerdict.cases.length);
    for (const [attribute, element] of [
      ['failures', 'failure'],
      ['errors', 'error'],
      ['skipped', 'skipped'],
    ] as const) {
      assert.equal(root.attributes[attribute], String(named(root, element).length), element);
    }
    const [failure] = named(root, 'failure');
    assert.match(failure?.text ?? '', /Facts: <script>alert\(1\)<\/script> "quoted"/);
  });

  test('counts what the profile knows as skipped, and what it does not as a failure', () => {
    const root = xmlElements(render('junit'));
    const child = (id: string) =>
      named(root, 'testcase').find(({ attributes }) => attributes['name'] === id)?.children[0]?.name;
    assert.equal(child('rfc4217/9/unclean'), 'skipped');
    assert.equal(child('rfc4217/9/mended'), 'failure');
    assert.equal(child('rfc4217/9/loose'), 'failure');
    assert.equal(child('rfc4217/9/broke'), 'error');
    assert.equal(child('rfc4217/9/fine'), undefined);
  });

  const xmllint = spawnSync('xmllint', ['--version']).status === 0;
  test('is taken by xmllint', { skip: xmllint ? false : 'xmllint is not there' }, () => {
    const { status, stderr } = spawnSync('xmllint', ['--noout', '-'], { input: render('junit'), encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  });
});

describe('SARIF', () => {
  interface Result {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly kind: string;
    readonly level: string;
    readonly message: { readonly text: string };
    readonly suppressions?: readonly { readonly kind: string; readonly justification: string }[];
  }
  interface Log {
    readonly version: string;
    readonly $schema: string;
    readonly runs: readonly {
      readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } };
      readonly results: readonly Result[];
    }[];
  }
  interface Rule {
    readonly id: string;
    readonly shortDescription: { readonly text: string };
    readonly help: { readonly text: string };
    readonly defaultConfiguration: { readonly level: string };
  }
  const log = JSON.parse(render('sarif')) as Log;
  const [run] = log.runs;

  test('says its version, and has one rule and one result for each case', () => {
    assert.equal(log.version, '2.1.0');
    assert.match(log.$schema, /sarif-schema-2\.1\.0\.json$/);
    const rules = run?.tool.driver.rules ?? [];
    assert.equal(new Set(rules.map(({ id }) => id)).size, everyVerdict.cases.length);
    for (const { ruleId, ruleIndex } of run?.results ?? []) assert.equal(rules[ruleIndex]?.id, ruleId);
    for (const { shortDescription, help, defaultConfiguration } of rules) {
      assert.ok(help.text.startsWith(shortDescription.text));
      assert.match(help.text, /Read the control connection/);
      assert.match(defaultConfiguration.level, /^(?:error|warning|note)$/);
    }
  });

  test('gives a level to failures alone, and marks those that the profile knows', () => {
    const kinds = new Map(run?.results.map((result) => [result.ruleId, result]));
    for (const { kind, level, message } of kinds.values()) {
      assert.match(kind, /^(?:pass|open|informational|notApplicable|review|fail)$/);
      assert.equal(level === 'none', kind !== 'fail');
      assert.notEqual(message.text, '');
    }
    assert.equal(kinds.get(fullCase.id)?.level, 'error');
    assert.equal(kinds.get('rfc4217/9/loose')?.level, 'warning');
    assert.equal(kinds.get('rfc4217/9/unclean')?.suppressions?.[0]?.kind, 'external');
    assert.equal(kinds.get('rfc4217/9/loose')?.suppressions, undefined);
  });
});

describe('Markdown', () => {
  const text = render('markdown');

  test('has no tag, link or image of the peer, and whole tables', () => {
    const free = text.replaceAll(/\\[^\n]/g, '').replaceAll(/<\/?code>/g, '');
    assert.doesNotMatch(free, /<|https:|\]\(|@/);
    for (const line of free.split('\n').filter((line) => line.startsWith('| ') && /^\| [A-Z]/.test(line))) {
      assert.ok([4, 6].includes(line.split('|').length - 1), line);
    }
  });

  test('tells the story of what is not as it should be, and lists the rest', () => {
    assert.match(text, /### FAIL L02 rfc959/);
    assert.match(text, /unexpected pass: the profile says FAIL/);
    assert.match(text, /\| PASS \| C09 \|/);
    assert.doesNotMatch(text, /### PASS C09/);
  });
});

describe('HTML', () => {
  const html = render('html');

  test('holds what peers say as text, loads nothing and runs nothing', () => {
    assert.doesNotMatch(html, /<script|<img|<link|<iframe|<a [^>]*href="(?!#)|\bon\w+=|url\(|@import|javascript:/i);
    assert.ok(html.includes('&lt;script&gt;alert(1)&lt;/script&gt;'));
    assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
  });

  test('is balanced: every element that is opened is closed', () => {
    const open: string[] = [];
    const body = html.slice(html.indexOf('<body>')).replace('</html>\n', '');
    for (const [, closes, name = '', empty] of body.matchAll(/<(\/?)([a-z][a-z0-9]*)[^>]*?(\/?)>/g)) {
      if (empty === '/' || name === 'input') continue;
      if (closes !== '/') open.push(name);
      else assert.equal(open.pop(), name);
    }
    assert.deepEqual(open, []);
  });

  test('has a filter for each verdict that occurs, and no id twice', () => {
    for (const { verdict } of everyVerdict.cases) {
      assert.ok(html.includes(`<input type="checkbox" id="show-${verdict}" checked>`), verdict);
      assert.ok(html.includes(`body:has(#show-${verdict}:not(:checked))`), verdict);
    }
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map((match) => match[1]);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('opens what is to be looked at, and links to it', () => {
    const anchor = 'case-rfc959-4.1.3-abort-in-download';
    assert.match(html, new RegExp(`id="${anchor}" data-verdict="FAIL" open`));
    assert.ok(html.includes(`href="#${anchor}"`));
    assert.match(html, /id="case-rfc4217-9-fine" data-verdict="PASS">/);
  });

  test('draws every line of a case and writes every event down', () => {
    assert.match(html, /<svg class="chart" role="img" aria-label="2 lines over 400 ms/);
    assert.match(html, /⇐ 1,048,576 bytes in 160 ms/);
    assert.match(html, /⚡ RST in the middle of the download/);
    assert.match(html, /← close_notify, FIN/);
    assert.match(html, /3 further events were not kept/);
  });

  test('cuts the middle out of a timeline that nobody would read', () => {
    const events = Array.from({ length: 1_000 }, (_, atMs) => ({ kind: 'note' as const, atMs, text: `note ${atMs}` }));
    const long = render('html', sampleReport([{ ...fullCase, events }]));
    assert.match(long, /… 760 more/);
    assert.ok(long.includes('note 999') && !long.includes('note 500'));
  });
});

describe('the terminal', () => {
  const text = terminalSummary(everyVerdict, false);

  test('shows no control character of the peer', () => {
    assert.ok(hostileText.includes('\u001b'));
    assert.doesNotMatch(text, /(?!\n)\p{Cc}|\u202e/u);
  });

  test('is loud about what differs from the profile, and brief about what it knows', () => {
    assert.match(
      text,
      /DIFFERENT FROM THE PROFILE\n {2}PASS +C08 +rfc4217\/9\/mended +unexpected pass: the profile says FAIL/,
    );
    assert.doesNotMatch(text, /UNCLEAN rfc4217\/9\/unclean\n/);
  });
});
