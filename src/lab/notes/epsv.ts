/** The second field note: does EPSV work with a server that is reached over IPv4, and what do its forms mean? */

import { randomOfCase } from '../engine/random.ts';
import { askedFamily, epsvAll, portOnly, tlsPort, unknownFamily } from './clauses.ts';
import { downloadOverEpsv } from './epsv-download.ts';
import { askForms } from './epsv-questions.ts';
import { type NotePart, type NoteReport, noteVersion } from './note-report.ts';
import type { NoteOptions } from './note-run.ts';
import { ServerAccess } from './note-server-access.ts';

const question = 'Does an FTPS server that is reached over IPv4 support EPSV?';

/** Rejects with `NoteFailed` where there is no experiment; what was put on the server is removed in any case. */
export async function runEpsvNote(options: NoteOptions): Promise<NoteReport> {
  const { server, client } = options;
  const startedAt = new Date();
  const random = randomOfCase(options.seed, 'note epsv');
  const isSecure = server.target.security !== 'plain';
  const parts: NotePart[] = [];
  const tell = (part: NotePart): void => {
    parts.push(part);
    options.onPart?.(part);
  };
  const access = new ServerAccess(server.target, random);
  try {
    options.onStep?.('Test: the client downloads a file, as in the note.');
    const own = [portOnly, ...(isSecure ? [tlsPort] : [])];
    tell({ ...(await downloadOverEpsv(options, access)), clauses: own });
    for (const address of server.addresses) {
      options.onStep?.(`The lab asks over IPv${address.family}, at ${address.host}.`);
      const part = await askForms(address, options, random);
      tell({ ...part, clauses: [portOnly, askedFamily, unknownFamily, epsvAll] });
    }
  } finally {
    await access.clear();
  }
  return {
    schema: `twinline-lab-note/${noteVersion}`,
    note: 'epsv',
    question,
    tool: options.tool,
    server: server.name,
    client: client.name,
    seed: options.seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    setting: settingOfEpsv(options),
    parts,
    answer: answerOf(server.name, parts),
    repeat: options.repeat,
  };
}

export function settingOfEpsv({
  server,
  client,
  between,
}: Pick<NoteOptions, 'server' | 'client' | 'between'>): string[] {
  const hosts = server.addresses.map(({ family, host }) => `IPv${family} (${host})`).join(' and ');
  return [
    `The server is ${server.name}, reached over ${hosts || 'no address'}; the client is ${client.name}.`,
    ...(between === undefined ? [] : [between.setting]),
    'First the client downloads a file. Then the lab itself sends every form of EPSV, each in a session of its own.',
  ];
}

/** `Yes: …` by what was asked over each family. */
function answerOf(server: string, parts: readonly NotePart[]): string {
  const told = ([4, 6] as const).flatMap((family) => {
    const plain = parts.flatMap(({ questions }) => questions).find(({ asked }) => asked === `EPSV, over IPv${family}`);
    if (plain === undefined || plain.verdict === 'SKIP') return [];
    return [{ family, works: plain.verdict === 'PASS' }];
  });
  const over4 = told.find(({ family }) => family === 4);
  if (over4 === undefined) return `${server} could not be asked over IPv4.`;
  if (!over4.works) return `No: ${server} does not serve EPSV over IPv4 as RFC 2428 section 3 demands.`;
  const over6 = told.find(({ family }) => family === 6);
  const six = over6 === undefined ? '' : over6.works ? ', and does the same over IPv6' : ', and not so over IPv6';
  return (
    `Yes: ${server} answers EPSV over IPv4 with 229 and a port, and the data line goes to the address of the control ` +
    `line${six}; the default that the note looked for is in RFC 2428 section 3.`
  );
}
