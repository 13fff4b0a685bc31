import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TransferResult } from '../../client/index.ts';
import { ConnectionLostError } from '../../errors/index.ts';
import type { Output } from '../output.ts';
import { BarDisplay, barLine } from './bar-display.ts';
import { chooseDisplay } from './choose-display.ts';
import { clientEventLineSchema } from './client-event.ts';
import { JsonDisplay } from './json-display.ts';
import { LineDisplay, progressLineMs } from './line-display.ts';
import { QuietDisplay } from './quiet-display.ts';
import { Report } from './report.ts';

class Screen extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function screens(interactive = false): { readonly stdout: Screen; readonly stderr: Screen; readonly output: Output } {
  const [stdout, stderr] = [new Screen(), new Screen()];
  if (interactive) Object.assign(stderr, { isTTY: true, columns: 80 });
  return { stdout, stderr, output: { stdout, stderr, interactive, colour: false, stdoutColour: false } };
}

const result: TransferResult = {
  outcome: 'complete',
  note: undefined,
  offset: 0,
  bytes: 1_234_567,
  durationMs: 2000,
  size: 1_234_567,
  modifiedMs: undefined,
  reply: '226',
  tls: undefined,
};
const names = { direction: 'download', remote: '/in/a', local: 'a\x1b[2Jb' } as const;
const lost = new ConnectionLostError('ERR_TWINLINE_DATA_LOST', 'The data connection was reset.', {
  channel: 'data',
  phase: 'transfer',
  bytesMoved: 10,
  resumable: true,
});

describe('transfers where there is no terminal', () => {
  test('are one line each, and that line is safe to show', () => {
    const { stderr, output } = screens();
    const report = new Report(new LineDisplay(output));
    const transfer = report.start(names);
    transfer.progress({ offset: 0, bytes: 10, total: 100 });
    transfer.finish(result);
    assert.equal(report.end(), 0);
    assert.equal(stderr.text, 'a\\x1B[2Jb: 1,234,567 bytes in 2.00 s (617 kB/s), complete\n');
  });

  test('tell every few seconds how far they are, and not more often', () => {
    const { stderr, output } = screens();
    let nowMs = 0;
    const display = new LineDisplay(output, () => nowMs);
    display.show({ kind: 'start', id: 1, ...names, local: 'a' });
    for (const bytes of [10, 20, 30, 40]) {
      display.show({ kind: 'progress', id: 1, offset: 0, bytes, size: 100, rate: 10 });
      nowMs += progressLineMs / 2;
    }
    assert.equal(stderr.text, 'a: 30 B of 100 B (30%), 10 B/s, 0:07 left\n');
  });

  test('end with a summary where there were many, the failed ones among them, and with the worst exit code', () => {
    const { stderr, output } = screens();
    const report = new Report(new LineDisplay(output));
    report.start({ ...names, local: 'a' }).finish(result);
    report.start({ ...names, local: 'b' }).finish({ ...result, outcome: 'unconfirmed', note: 'the reply was lost' });
    report.start({ ...names, local: 'c' }).fail(lost);
    assert.equal(report.end(), 75);
    const lines = stderr.text.trimEnd().split('\n');
    assert.match(lines[1] ?? '', /^b: .*, unconfirmed: the reply was lost$/);
    assert.equal(lines[2], 'twinline: The data connection was reset.');
    assert.match(lines[3] ?? '', /^3 files, 2,469,134 bytes in .*: 1 complete, 1 unconfirmed, 1 failed$/);
  });
});

describe('events for programs', () => {
  test('are of the documented form, each of them, and nothing else is on stdout', () => {
    const { stdout, output } = screens();
    const report = new Report(new JsonDisplay(output));
    const transfer = report.start(names);
    transfer.progress({ offset: 0, bytes: 10, total: undefined });
    transfer.progress({ offset: 0, bytes: 20, total: undefined });
    transfer.retry({ attempt: 1, tries: 5, delayMs: 500, error: lost });
    transfer.finish({ ...result, modifiedMs: 0, hash: { algorithm: 'SHA-256', digest: 'ab' } });
    lost.noteTransfer({ direction: 'download', bytesHere: 40, bytesThere: 100, resumable: true });
    report.start(names).fail(lost);
    report.notice('worth knowing');
    report.action({ action: 'rename', side: 'remote', path: 'a\n', to: 'b\udc80' });
    report.value({ path: 'a', bytes: 10, files: 1 });
    report.error(new Error('unexpected'));
    report.end();
    const lines = stdout.text.trimEnd().split('\n');
    const events = lines.map((line) => clientEventLineSchema.parse(JSON.parse(line)));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      'start progress retry result start error result notice action value error summary'.split(' '),
    );
    const failure = events[5];
    assert.ok(failure?.kind === 'error');
    assert.deepEqual(
      { ...failure, time: '' },
      {
        v: 1,
        time: '',
        kind: 'error',
        id: 2,
        path: '/in/a',
        code: 'ERR_TWINLINE_DATA_LOST',
        message: 'The data connection was reset.',
        exitCode: 75,
        channel: 'data',
        phase: 'transfer',
        bytes: 10,
        bytesHere: 40,
        bytesThere: 100,
        resumable: true,
      },
    );
    assert.ok(lines[8]?.includes(String.raw`b\udc80`));
  });
});

describe('transfers on a terminal', () => {
  test('have a bar with rate and time left, and leave one line behind', async () => {
    const { stderr, output } = screens(true);
    const report = new Report(new BarDisplay(output));
    const transfer = report.start({ ...names, local: 'a.bin' });
    transfer.progress({ offset: 0, bytes: 10, total: 100 });
    await untilShown(stderr, /a\.bin {2}██░{18} {3}10% {2}10 B of 100 B {2}0 B\/s {2}--:-- left/);
    transfer.finish(result);
    report.end();
    assert.match(stderr.text, /a\.bin: 1,234,567 bytes in 2\.00 s \(617 kB\/s\), complete\n/);
    assert.ok(stderr.text.includes('\x1b[?25h'), 'the cursor is there again');
  });

  test('have a line of totals where there are many', async () => {
    const { stderr, output } = screens(true);
    const report = new Report(new BarDisplay(output));
    report.expect({ files: 3, bytes: 300 });
    const [first, second] = [report.start({ ...names, local: 'a' }), report.start({ ...names, local: 'b' })];
    first.progress({ offset: 0, bytes: 50, total: 100 });
    second.progress({ offset: 0, bytes: 10, total: 100 });
    await untilShown(stderr, /0 of 3 files {2}█{4}░{16} {3}20% {2}60 B of 300 B.*\n.*a .*50%.*\n.*b .*10%/);
    first.finish({ ...result, bytes: 100 });
    await untilShown(stderr, /1 of 3 files/);
    second.finish({ ...result, bytes: 100 });
    report.end();
    assert.match(stderr.text, /\n?2 files, 200 bytes in .*: 2 complete\n$/);
  });

  test('draw nothing more after the bars were taken away for good', () => {
    const { stderr, output } = screens(true);
    const report = new Report(new BarDisplay(output));
    const transfer = report.start(names);
    transfer.progress({ offset: 0, bytes: 10, total: 100 });
    report.close();
    const before = stderr.text;
    transfer.progress({ offset: 0, bytes: 20, total: 100 });
    assert.equal(stderr.text, before);
  });

  test('fit into its width: the drawing goes first, then the figures, and the name is shortened in its middle', () => {
    const figures = { name: 'a-rather-long-name-of-a-file.tar.gz', done: 42, size: 100, rate: 7 };
    for (const columns of [20, 40, 60, 80, 120]) {
      const line = barLine(figures, columns);
      assert.ok(line.length <= columns || columns < 40, `${line.length} in ${columns}: ${line}`);
    }
    assert.match(barLine(figures, 60), /^a-r.*….*gz {2}/);
    assert.match(barLine(figures, 200), /^a-rather-long-name-of-a-file\.tar\.gz {2}█{8}░{12} {3}42%/);
  });
});

describe('the choice of a display', () => {
  const { output } = screens(true);
  test('follows the options and the terminal', () => {
    assert.ok(chooseDisplay({ json: true }, output) instanceof JsonDisplay);
    assert.ok(chooseDisplay({ quiet: true }, output) instanceof QuietDisplay);
    assert.ok(chooseDisplay({ verbose: true }, output) instanceof LineDisplay);
    assert.ok(chooseDisplay({}, output, false) instanceof LineDisplay);
    assert.ok(chooseDisplay({}, screens().output) instanceof LineDisplay);
  });

  test('refuses what excludes each other', () => {
    assert.throws(() => chooseDisplay({ json: true, quiet: true }, output), /exclude each other/);
  });

  test('shows nothing but errors when quiet', () => {
    const { stdout, stderr, output: quiet } = screens();
    const report = new Report(chooseDisplay({ quiet: true }, quiet));
    report.start(names).finish(result);
    report.start(names).fail(lost);
    report.end();
    assert.deepEqual([stdout.text, stderr.text], ['', 'twinline: The data connection was reset.\n']);
  });
});

async function untilShown(screen: Screen, what: RegExp): Promise<void> {
  const until = performance.now() + 5000;
  while (!what.test(screen.text)) {
    assert.ok(performance.now() < until, `not shown: ${what} in ${JSON.stringify(screen.text)}`);
    await sleep(20);
  }
}
