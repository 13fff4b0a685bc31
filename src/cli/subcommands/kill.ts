/** `twinline kill`: ends an established TCP connection of any process on purpose, and tells what both ends will see. */

import { TwinlineError } from '../../errors/index.ts';
import {
  chooseMethod,
  endText,
  ftpSessions,
  type KillMethod,
  type KillMethodName,
  killConnection,
  killEventText,
  killMethodNames,
  type KillPattern,
  type KillTarget,
  parseKillPattern,
  predict,
  readConnections,
  targetsOf,
} from '../../lab/index.ts';
import { confirm } from '../confirm.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import { predictionText, roleOf, targetText } from '../kill/target-text.ts';
import type { Output } from '../output.ts';
import { readToldSessions } from '../told-sessions/read-told-sessions.ts';
import { UsageError } from '../usage-error.ts';

/** Longest wait of --wait, in seconds. */
const mostWaitSeconds = 3600;

export const kill = defineSubcommand({
  name: 'kill',
  summary: 'End a TCP connection of any program on purpose.',
  arguments: [
    {
      notation: '<connection>',
      description: 'ADDR:PORT of either end, :PORT, or both ends as LOCAL-REMOTE; an IPv6 address in brackets',
    },
  ],
  options: [
    { flags: `--method <auto|${killMethodNames.join('|')}>`, description: 'How; see below', defaultText: 'auto' },
    { flags: '--dry-run', description: 'Say what would be done, and do nothing' },
    { flags: '-y, --yes', description: 'Do not ask; where there is no terminal to ask on, nothing is done without it' },
    { flags: '--all', description: 'End all connections that are meant, where it is more than one' },
    { flags: '--wait <seconds>', description: 'How long sniff waits for a packet', defaultText: '10' },
    { flags: '--netns <name>', description: 'In this network namespace (Linux): a name of "ip netns", or a path' },
  ],
  examples: [
    { line: 'twinline kill 127.0.0.1:8011', says: 'asks, then ends the only connection with that end' },
    { line: 'twinline kill 192.0.2.5:43796-198.51.100.7:8011 --yes', says: 'one connection by both of its ends' },
    { line: 'twinline kill :21 --all --method destroy --dry-run', says: 'what would be ended' },
    { line: 'twinline kill [::1]:8011 --method forged-syn --yes', says: 'by forged packets, as each is shown' },
  ],
  notes: [
    'destroy asks the kernel to abort the socket at the end that is named (CAP_NET_ADMIN): its program sees ECONNABORTED, the other ' +
      'end a reset. forged-syn sends a SYN in the name of one end, reads the numbers of both ends from the answer, and resets ' +
      'both (CAP_NET_RAW); it works on idle connections, and on a machine that only passes them on, where both ends must be named. ' +
      'sniff takes the numbers from packets that pass, and needs traffic.',
    'End only connections that are yours to end. The exit code is 0 when the connection is gone, and 69 when it is not.',
  ],
  async run([text = ''], options, output) {
    const pattern = parseKillPattern(text);
    if (pattern === undefined) {
      throw new UsageError(`"${text}" is no connection: write ADDR:PORT, or both ends as ADDR:PORT-ADDR:PORT.`);
    }
    const wish = readWish(options);
    const table = readConnections({ namespace: wish.namespace });
    const targets = chosen(targetsOf(table.connections, pattern), pattern, text, options['all'] === true, output);
    const sessions = ftpSessions(table.connections, await readToldSessions());
    const planned = targets.map((target) => ({ target, method: chooseMethod(wish.method, target) }));
    for (const { target, method } of planned) {
      tell(output, `found ${targetText(target)}${roleOf(target, sessions)}`);
      tell(output, `method ${method.name}: ${method.says}`);
      for (const line of predict(method.name, target).map(predictionText)) tell(output, line);
    }
    if (options['dryRun'] === true) return exitCodes.ok;
    if (!(await isAgreed(targets.length, options, output))) {
      tell(output, 'nothing was ended');
      return exitCodes.unavailable;
    }
    let isAllGone = true;
    for (const { target, method } of planned) if (!(await end(target, method, wish, output))) isAllGone = false;
    return isAllGone ? exitCodes.ok : exitCodes.unavailable;
  },
});

interface Wish {
  readonly namespace: string | undefined;
  readonly method: KillMethodName | 'auto';
  readonly sniffMs: number;
}

function readWish(options: OptionValues): Wish {
  const method = (options['method'] ?? 'auto') as Wish['method'];
  if (method !== 'auto' && !killMethodNames.includes(method)) {
    throw new UsageError(`--method takes auto, ${killMethodNames.join(', ')}; "${method}" is none of them.`);
  }
  const text = typeof options['wait'] === 'string' ? options['wait'] : '10';
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > mostWaitSeconds) {
    throw new UsageError(`--wait takes a number of seconds from 1 to ${mostWaitSeconds}, not "${text}".`);
  }
  const namespace = typeof options['netns'] === 'string' ? options['netns'] : undefined;
  return { namespace, method, sniffMs: seconds * 1000 };
}

/** The connections to end; one, unless all are wanted. */
function chosen(
  targets: readonly KillTarget[],
  pattern: KillPattern,
  text: string,
  isAllWanted: boolean,
  output: Output,
): readonly KillTarget[] {
  if (targets.length === 0) {
    const advice = pattern.kind === 'end' ? ' One that only passes through this machine is named by both ends.' : '';
    throw choice(`No living connection here has the end ${text}; "twinline conns" shows them.${advice}`);
  }
  if (targets.length === 1 || isAllWanted) return targets;
  for (const { near, far } of targets) tell(output, `${endText(near.address)}-${endText(far.address)}`);
  throw choice(
    `${targets.length} connections have the end ${text}: name one of them by both ends as shown, or give --all.`,
  );
}

function choice(message: string): TwinlineError {
  return new TwinlineError('ERR_TWINLINE_CONNECTION_CHOICE', message);
}

async function isAgreed(count: number, options: OptionValues, output: Output): Promise<boolean> {
  if (options['yes'] === true) return true;
  if (!process.stdin.isTTY || !output.interactive) {
    throw new UsageError(
      'Nobody can be asked here: give --yes to end connections from a script, or --dry-run to look.',
    );
  }
  return confirm(count === 1 ? 'End this connection?' : `End these ${count} connections?`, output);
}

async function end(target: KillTarget, method: KillMethod, wish: Wish, output: Output): Promise<boolean> {
  const { namespace, sniffMs } = wish;
  const onEvent = (event: Parameters<typeof killEventText>[0]): void => tell(output, killEventText(event));
  const isGone = await killConnection(target, method, { namespace, sniffMs, onEvent });
  const ends = `${endText(target.near.address)} and ${endText(target.far.address)}`;
  tell(
    output,
    isGone ? `success: the connection between ${ends} is gone` : `failed: the connection between ${ends} lives`,
  );
  return isGone;
}

function tell(output: Output, text: string): void {
  output.stdout.write(`${text}\n`);
}
