/** M05 and M06: names in UTF-8, and names with bytes that mean something elsewhere. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { transferDown, transferUp } from '../../../server-lab/plain-transfers.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

type Found = 'exact' | 'refused' | 'changed' | 'lost';

/** Puts a file under the name, looks for the name in NLST, and takes the file back. `wire`: as it is written in a command. */
async function roundTrip(lab: ServerLab, name: string, wire = name): Promise<{ found: Found; facts: string }> {
  const session = await lab.open();
  const content = lab.random.bytes(100);
  const path = `${lab.folder}/${wire}`;
  const stored = await transferUp(session, path, content);
  if (classOf(stored) !== 2) return { found: 'refused', facts: stored.text };
  try {
    const line = await session.passive();
    await session.need([125, 150], `NLST ${lab.folder}`);
    await line.secured;
    const listed = (await line.finish()).toString();
    await session.reply();
    const back = await transferDown(session, path);
    const facts = `${JSON.stringify(name)}: ${back.reply.text}`;
    if (classOf(back.reply) !== 2 || !back.bytes.equals(content)) return { found: 'lost', facts };
    const names = listed.split('\r\n').map((entry) => entry.slice(entry.lastIndexOf('/') + 1));
    return { found: names.includes(wire) || names.includes(name) ? 'exact' : 'changed', facts };
  } finally {
    await session.command(`DELE ${path}`);
  }
}

const worst: readonly Found[] = ['lost', 'changed', 'refused', 'exact'];

async function allOf(
  lab: ServerLab,
  names: readonly (readonly [string, string?])[],
): Promise<{ outcome: Found; facts: string }> {
  const seen: { found: Found; facts: string }[] = [];
  for (const [name, wire] of names) seen.push(await roundTrip(lab, name, wire));
  const outcome = worst.find((one) => seen.some(({ found }) => found === one)) ?? 'exact';
  return { outcome, facts: seen.map(({ found, facts }) => `${found}: ${facts}`).join('; ') };
}

const outcomes = {
  exact: { grade: 'pass', says: 'every name is listed as it was given, and leads to its file' },
  refused: { grade: 'info', says: 'a name is refused, and every other is kept as it was given' },
  changed: { grade: 'broken', says: 'a name is listed otherwise than it was given' },
  lost: { grade: 'broken', says: 'a file cannot be taken back under the name that it was given' },
} as const;

export const utf8Names = defineServerCase({
  id: 'rfc2640/3/utf8-names',
  row: 'M05',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 2640 section 3.1',
  requirement:
    'Names in UTF-8 come back octet by octet: composed and decomposed letters are not made one, and emoji are kept.',
  outcomes,
  advice: 'Treat names as octets: no normalisation, no conversion.',
  needs: ['write'],
  run: (lab) => {
    const word = lab.random.word(4);
    return allOf(lab, [[`${word}-caf\u00e9`], [`${word}-cafe\u0301`], [`${word}-\u{1f600}`], [`${word}-\u6f22\u5b57`]]);
  },
});

export const oddNames = defineServerCase({
  id: 'rfc2640/3/odd-names',
  row: 'M06',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 959 section 5.3, RFC 2640 section 3.1',
  requirement: 'Names with spaces, bars, quotes and carriage returns are kept exactly or refused.',
  // What is done with control characters in listings is a choice that many servers make for the sake of terminals.
  outcomes: { ...outcomes, changed: { ...outcomes.changed, grade: 'non-strict' } },
  advice:
    'Take everything behind the one space as the name, strip the NUL behind a CR, and answer 553 to names that are not wanted.',
  needs: ['write'],
  run: (lab) => {
    const word = lab.random.word(4);
    return allOf(lab, [
      [`${word} two  spaces`],
      [`${word}|bar`],
      [`${word}"quote`],
      [`${word}-cr\rx`, `${word}-cr\r\0x`],
    ]);
  },
});
