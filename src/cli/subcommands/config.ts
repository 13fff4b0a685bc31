/** `twinline config`: looks at configuration files without starting a server. */

import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { describeError } from '../describe-error.ts';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { Problems } from '../problems.ts';
import { settingOptions } from '../serve/setting-records.ts';
import { UsageError } from '../usage-error.ts';

type Action = (options: OptionValues, output: Output) => Promise<number>;

const check: Action = async (options, output) => {
  const [{ loadSettings }, { checkSurroundings }] = await Promise.all([
    import('../serve/load-settings.ts'),
    import('../config/check-config.ts'),
  ]);
  const problems = new Problems();
  const loaded = await problems.attemptAsync(() => loadSettings(options));
  const warnings = loaded === undefined ? [] : await checkSurroundings(loaded.settings, problems);
  for (const warning of warnings) output.stderr.write(`twinline: Warning: ${warning}\n`);
  const found = problems.list();
  for (const problem of found) output.stderr.write(describeError(problem));
  if (found.length === 0) output.stdout.write(`${nameOf(options)}: a server can start with this.\n`);
  return worstOf(found);
};

const print: Action = async (options, output) => {
  const [{ loadSettings }, { printJson, printToml }] = await Promise.all([
    import('../serve/load-settings.ts'),
    import('../config/print-config.ts'),
  ]);
  const { given } = await loadSettings(options);
  const render = options['json'] === true ? printJson : printToml;
  output.stdout.write(render(given, { withDefaults: options['withDefaults'] === true }));
  return exitCodes.ok;
};

const example: Action = async (_options, output) => {
  const { exampleConfig } = await import('../config/example-config.ts');
  output.stdout.write(exampleConfig());
  return exitCodes.ok;
};

const actions: Readonly<Record<string, Action>> = { check, print, example };

function nameOf({ config }: OptionValues): string {
  return typeof config === 'string' ? config : 'The settings';
}

/** Mistakes on the command line alone are mistakes of usage; one in a file makes it one of configuration. */
function worstOf(problems: readonly unknown[]): number {
  const codes = problems.map(exitCodeOf);
  return codes.find((code) => code !== exitCodes.usage) ?? codes[0] ?? exitCodes.ok;
}

export const config = defineSubcommand({
  name: 'config',
  summary: 'Check, print or begin a configuration file.',
  arguments: [
    { notation: '<action>', description: 'check, print or example', choices: ['check', 'print', 'example'] },
    { notation: '[file]', description: 'the configuration file; the same as --config' },
  ],
  options: [
    { flags: '--with-defaults', description: 'With print: also what was not given.' },
    { flags: '--json', description: 'With print: as JSON.' },
    ...settingOptions(),
  ],
  examples: [
    {
      line: 'twinline config check /etc/twinline/server.toml',
      says: 'everything that a start would trip over, all at once; exit code 0 when there is nothing',
    },
    {
      line: 'twinline config print /etc/twinline/server.toml --tls optional',
      says: 'what the server would go by and where each value comes from, without passwords',
    },
    { line: 'twinline config example > server.toml', says: 'every setting with a word on it, to begin with' },
  ],
  notes: [
    'The options of twinline serve are understood as well and win over the file, as they do there. check reads ' +
      'certificates, folders, databases, secrets and the programs of hooks as the user who runs it: run it as the user ' +
      'of the server.',
  ],
  async run([name = '', file], options, output) {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) throw new UsageError(`"${name}" is no action: use check, print or example.`);
    if (file !== undefined && options['config'] !== undefined) {
      throw new UsageError(`The file is given twice, as ${file} and with --config: leave one of them out.`);
    }
    return action(file === undefined ? options : { ...options, config: file }, output);
  },
});
