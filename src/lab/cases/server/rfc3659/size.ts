/** K01 to K03 and K06: SIZE. */

import { defineServerCase, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import { putOwnFile, textOfLines } from '../../../server-lab/own-files.ts';
import { transferDown, transferUp } from '../../../server-lab/plain-transfers.ts';

const clause = 'RFC 3659 section 4';

/** The number; undefined where the reply is not exactly `213 <digits>`. */
function exactSize(reply: Reply): bigint | undefined {
  const digits = /^213 (\d+)$/.exec(reply.lines.join('\n'))?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

export const sizeOfImage = defineServerCase({
  id: 'rfc3659/4/size-in-type-i',
  row: 'K01',
  area: 'features',
  level: 'MUST',
  clause,
  requirement: 'SIZE in TYPE I is answered by one line, 213 and the exact number of bytes.',
  outcomes: {
    exact: { grade: 'pass', says: 'SIZE gives the number of bytes' },
    wrong: { grade: 'broken', says: 'SIZE gives another number than RETR brings' },
    'other-form': { grade: 'broken', says: 'the reply is not one line of 213 and a number' },
    refused: { grade: 'broken', says: 'SIZE of a file that can be downloaded is refused in TYPE I' },
  },
  advice: 'Answer "213 <size>" and nothing more.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const reply = await session.implemented(`SIZE ${file.path}`);
    const facts = `${reply.text}; the file has ${file.bytes.length} bytes`;
    if (classOf(reply) !== 2) return { outcome: 'refused', facts };
    const size = exactSize(reply);
    if (size === undefined) return { outcome: 'other-form', facts };
    return { outcome: size === BigInt(file.bytes.length) ? 'exact' : 'wrong', facts };
  },
});

export const sizeOfText = defineServerCase({
  id: 'rfc3659/4/size-in-type-a',
  row: 'K02',
  area: 'features',
  level: 'MUST',
  clause,
  requirement: 'SIZE in TYPE A counts the bytes that RETR would bring in TYPE A, line ends included, or is refused.',
  outcomes: {
    exact: { grade: 'pass', says: 'SIZE in TYPE A gives what RETR brings' },
    refused: { grade: 'pass', says: 'SIZE is refused in TYPE A' },
    wrong: { grade: 'broken', says: 'SIZE in TYPE A gives another number than RETR brings' },
  },
  advice: 'Count the line ends as they are sent, or answer 550 in TYPE A.',
  needs: ['write'],
  async run(lab) {
    const session = await lab.open();
    const path = await putOwnFile(lab, session, textOfLines(100));
    await session.need(200, 'TYPE A');
    const reply = await session.implemented(`SIZE ${path}`);
    if (classOf(reply) > 3) return { outcome: 'refused', facts: reply.text };
    const { bytes } = await transferDown(session, path);
    const facts = `${reply.text}; RETR brought ${bytes.length} bytes`;
    return { outcome: exactSize(reply) === BigInt(bytes.length) ? 'exact' : 'wrong', facts };
  },
});

function noSizeCase(row: string, slug: string, what: string, pathOf: (folder: string) => string): ServerCase {
  return defineServerCase({
    id: `rfc3659/4.2/size-of-${slug}`,
    row,
    area: 'features',
    level: 'SHOULD',
    clause: 'RFC 3659 section 4.2',
    requirement: `SIZE of ${what} is answered by 550.`,
    outcomes: {
      refused: { grade: 'pass', says: `SIZE of ${what} is answered by 550` },
      'other-code': { grade: 'broken', says: `SIZE of ${what} is refused by another code than 550` },
      given: { grade: 'broken', says: `SIZE gives a number for ${what}` },
    },
    advice: 'Answer 550 where RETR could not send anything.',
    needs: ['write'],
    async run(lab) {
      const session = await lab.open();
      const reply = await session.implemented(`SIZE ${pathOf(lab.folder)}`);
      const facts = reply.text;
      if (classOf(reply) < 4) return { outcome: 'given', facts };
      return { outcome: reply.code === 550 ? 'refused' : 'other-code', facts };
    },
  });
}

export const sizeOfFolder = noSizeCase('K03a', 'folder', 'a folder', (folder) => folder);
export const sizeOfNothing = noSizeCase('K03b', 'nothing', 'what is not there', (folder) => `${folder}/is-not-there`);

/** One more than a double can hold exactly. */
const beyondDoubles = 2n ** 53n + 1n;

export const sizeBeyondDoubles = defineServerCase({
  id: 'rfc3659/4/size-beyond-doubles',
  row: 'K06',
  area: 'features',
  level: 'MUST',
  clause,
  requirement: 'SIZE is exact above 2^53 bytes.',
  outcomes: {
    exact: { grade: 'pass', says: 'SIZE of a file of 2^53 + 2 bytes is exact' },
    rounded: { grade: 'broken', says: 'SIZE of a file of 2^53 + 2 bytes is not exact' },
    'not-made': { grade: 'info', says: 'no such file can be made there' },
  },
  advice: 'Keep offsets and sizes as 64-bit whole numbers.',
  needs: ['write'],
  intrusive: true,
  async run(lab) {
    const session = await lab.open();
    const path = lab.newPath();
    const rest = await session.implemented(`REST ${beyondDoubles}`);
    if (rest.code !== 350) return { outcome: 'not-made', facts: rest.text };
    const stored = await transferUp(session, path, Buffer.from('x'));
    if (classOf(stored) !== 2) return { outcome: 'not-made', facts: stored.text };
    const reply = await session.command(`SIZE ${path}`);
    const size = exactSize(reply);
    if (size === undefined || size < beyondDoubles - 2n) return { outcome: 'not-made', facts: reply.text };
    return { outcome: size === beyondDoubles + 1n ? 'exact' : 'rounded', facts: reply.text };
  },
});
