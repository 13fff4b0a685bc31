import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { asksForHelp, parseCommandLine } from './command-line.ts';
import { defineSubcommand } from './define-subcommand.ts';
import { subcommandHelp } from './help.ts';
import { runCommandLine } from './run.ts';
import { subcommands } from './subcommands/index.ts';

async function run(...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exitCode = await runCommandLine(args, {
    stdout,
    stderr,
    interactive: false,
    colour: false,
    stdoutColour: false,
  });
  return { exitCode, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

async function refusal(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await run(...args);
  assert.equal(exitCode, 64);
  assert.equal(stdout, '');
  assert.match(stderr, /^twinline: [^\n]+\n$/);
  return stderr.slice('twinline: '.length, -1);
}

const example = defineSubcommand({
  name: 'example',
  summary: 'Shows what a record can say.',
  arguments: [{ notation: '<url>', description: 'Where.' }],
  options: [
    { flags: '-u, --user <name:password>', description: 'Who.', defaultText: 'nobody', repeatable: true },
    { flags: '-v', description: 'More.' },
    { flags: '--limit-rate <rate>', description: 'Slower.' },
  ],
  examples: [{ line: 'twinline example ftp://h/', says: 'the shortest' }],
  notes: ['A note.'],
  run: async () => 0,
});

describe('the command line', () => {
  test('shows the version', async () => {
    assert.match((await run('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
    assert.deepEqual(await run('-V'), await run('--version'));
  });

  test('shows a help that names every command, the environment and the exit codes', async () => {
    const { stdout, exitCode } = await run('--help');
    assert.equal(exitCode, 0);
    for (const { name, summary } of subcommands) assert.match(stdout, new RegExp(`^  ${name} +${summary}$`, 'm'));
    assert.match(stdout, /NO_COLOR/);
    assert.match(stdout, /^ {2}64 /m);
    assert.deepEqual(await run('help'), await run('--help'));
  });

  test('shows no help for an action that a command does not have', async () => {
    const { stdout, stderr, exitCode } = await run('lab', 'nonsense', '--help');
    assert.deepEqual([stdout, exitCode], ['', 64]);
    assert.match(stderr, /twinline lab takes server, client, note, compare, list, not "nonsense"/);
    const { stdout: help } = await run('lab', 'note', '--help');
    assert.match(help, /twinline, curl, lftp,/);
    assert.match(help, /plain,\s+nat,\s+nat-helper,/);
  });

  test('knows each command under the name and summary of its record', async () => {
    for (const entry of subcommands) {
      const { name, summary } = await entry.load();
      assert.deepEqual([name, summary], [entry.name, entry.summary]);
    }
  });

  test('without a word shows the help and fails', async () => {
    const { exitCode, stdout, stderr } = await run();
    assert.equal(exitCode, 64);
    assert.equal(stdout, '');
    assert.match(stderr, /Usage: twinline/);
  });

  test('shows the help of a command, all options with their defaults', async () => {
    const { stdout, exitCode } = await run('serve', '--help');
    assert.equal(exitCode, 0);
    assert.match(stdout, /Usage: twinline serve \[options\]/);
    const words = stdout.replaceAll(/\s+/g, ' ');
    assert.match(words, /--passive-ports <min-max> Ports for passive data connections \(default: 50000-50099\)/);
    assert.match(stdout, /Examples:\n {2}twinline serve\n/);
    // Settings stand under their headings: a new one without a group would stand apart.
    assert.match(
      stdout,
      /\nAddresses and ports:\n {2}--listen [^]*\nTLS:\n {2}--tls [^]*\nThe program itself:\n {2}--run-as /,
    );
    assert.doesNotMatch(stdout.replace(/\nAddresses and ports:[^]*/, ''), /--(?!config|help)/);
    assert.deepEqual(await run('help', 'serve'), { stdout, exitCode: 0, stderr: '' });
  });

  test('refuses unknown commands and options with the nearest known one', async () => {
    assert.match(await refusal('sevre'), /^There is no command "sevre"; did you mean "serve"\?/);
    assert.match(
      await refusal('frobnicate'),
      /^There is no command "frobnicate"\. "twinline --help" lists all of them\.$/,
    );
    assert.match(await refusal('--verison'), /did you mean "--version"\?/);
    assert.match(await refusal('help', 'sevre'), /did you mean "serve"\?/);
    assert.match(await refusal('serve', '--listne', 'x'), /^serve has no option "--listne"; did you mean "--listen"\?/);
  });

  test('refuses a URL in the place of a command by saying which word is missing', async () => {
    assert.match(await refusal('ftpes://h/'), /^A URL needs a command before it, for example: twinline get URL\.$/);
  });

  test('says what a download lacks: a file in its URL, a name to write to, a number of tries', async () => {
    assert.match(
      await refusal('get', 'hi.txt'),
      /^The URL "hi\.txt" names a server and no file; write the file behind it/,
    );
    assert.match(await refusal('get', 'ftp://h/x', '-o', ''), /^--output is empty: leave it out, or name a file/);
    assert.equal(
      await refusal('get', 'ftp://h/x', '--retry', '-1'),
      '--retry takes a number from 0 to 999999, not "-1".',
    );
  });

  test('refuses further words and missing values', async () => {
    assert.match(await refusal('serve', 'here'), /^serve takes options only and no further words; .*--help.*\.$/);
    assert.match(await refusal('serve', '--listen'), /^The option "--listen <host:port>" needs a value; .*\.$/);
  });

  test('shows no password of a mistyped option and no control characters', async () => {
    assert.doesNotMatch(await refusal('serve', '--usr=alice:secret'), /secret/);
    assert.match(await refusal('a\u001b[2J'), /a\\x1B\[2J/);
  });
});

describe('the record of a subcommand', () => {
  test('is the parser', () => {
    const { positional, options } = parseCommandLine(example, ['-u', 'a:b', 'ftp://h/', '--user', 'c:d', '-v']);
    assert.deepEqual(positional, ['ftp://h/']);
    assert.deepEqual(options, { user: ['a:b', 'c:d'], v: true });
    assert.deepEqual(parseCommandLine(example, ['x']).options, {});
    assert.deepEqual(parseCommandLine(example, ['--', '-x']).positional, ['-x']);
    assert.throws(() => parseCommandLine(example, []), /^UsageError: example needs <url>/);
  });

  test('is the help', () => {
    const text = subcommandHelp(example);
    assert.match(text, /Usage: twinline example \[options\] <url>/);
    assert.match(text, /-u, --user <name:password> +Who\. \(repeatable, default: nobody\)/);
    assert.match(text, /twinline example ftp:\/\/h\/\n +the shortest/);
    assert.match(text, /A note\.\n/);
    assert.match(text, /Exit codes:/);
  });

  test('tells a wish for help from a value that looks like one', () => {
    assert.equal(asksForHelp(example, ['x', '--help']), true);
    assert.equal(asksForHelp(example, ['-v', '-h']), true);
    assert.equal(asksForHelp(example, ['--user', '-h']), false);
    assert.equal(asksForHelp(example, ['--', '--help']), false);
  });
});
