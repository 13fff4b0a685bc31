/**
 * Clients under test that live in the process of the test: what the lab starts is a shell of a few milliseconds that asks
 * for a run over TCP, prints what the client says, and ends with its exit code.
 */

import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type ClientUnderTest, type Task, tasks } from '../../../src/lab/index.ts';

export interface AskedRun {
  readonly task: Task;
  readonly words: readonly string[];
  /** Fires when the lab has ended the program. */
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const separator = '\t';

/** `$1` is the port of the test; the other words go there as one line. Output comes as files, for it has more than lines. */
const shell = `
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 99
shift
IFS='${separator}'
printf '%s\\n' "$PWD${separator}$*" >&3
read -r code <&3 || exit 98
[ -s stdout.txt ] && cat stdout.txt
[ -s stderr.txt ] && cat stderr.txt >&2
exit "$code"
`;

export interface InProcessClient extends AsyncDisposable {
  readonly client: ClientUnderTest;
}

/** `commands` give the words of a task that `run` gets, with the places of a client under test. */
export async function serveClient(
  name: string,
  wordsOf: (task: Task) => readonly string[] | undefined,
  run: (asked: AskedRun) => Promise<RunResult>,
): Promise<InProcessClient> {
  const server = createServer((line) => {
    line.on('error', () => undefined);
    void answer(line, run).catch(() => line.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const commands = tasks.flatMap((task) => {
    const words = wordsOf(task);
    return words === undefined ? [] : [[task, ['bash', '-c', shell, name, String(port), task, ...words]] as const];
  });
  return {
    client: { name, commands: Object.fromEntries(commands) },
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(line: Socket, run: (asked: AskedRun) => Promise<RunResult>): Promise<void> {
  const gone = new AbortController();
  line.on('close', () => gone.abort());
  let asked = '';
  for (;;) {
    const [chunk] = (await once(line, 'data', { signal: gone.signal })) as [Buffer];
    asked += chunk.toString();
    if (asked.endsWith('\n')) break;
  }
  const [folder = '', task, ...words] = asked.slice(0, -1).split(separator);
  const { exitCode, stdout, stderr } = await run({ task: task as Task, words, signal: gone.signal });
  if (gone.signal.aborted) return;
  await writeFile(join(folder, 'stdout.txt'), stdout);
  await writeFile(join(folder, 'stderr.txt'), stderr);
  line.end(`${exitCode}\n`);
}
