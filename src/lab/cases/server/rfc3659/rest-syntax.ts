/** K12 and K14: what REST takes, and how it is announced. */

import { defineServerCase, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { transferDown } from '../../../server-lab/plain-transfers.ts';

function badMarkerCase(row: string, slug: string, argument: string): ServerCase {
  return defineServerCase({
    id: `rfc3659/5.3/rest-${slug}`,
    row,
    area: 'features',
    level: 'MUST',
    clause: 'RFC 3659 section 5.3',
    requirement: `REST ${argument} is a syntax error in stream mode: 501 (or 500).`,
    outcomes: {
      refused: { grade: 'pass', says: `REST ${argument} is a syntax error` },
      'other-code': { grade: 'info', says: `REST ${argument} is refused, and not as a syntax error` },
      accepted: { grade: 'broken', says: `REST ${argument} is accepted` },
    },
    advice: 'Take nothing but decimal digits, and answer 501 to the rest.',
    async run(lab) {
      const session = await lab.open();
      await session.implemented('REST 0');
      const reply = await session.command(`REST ${argument}`);
      const facts = reply.text;
      if (classOf(reply) < 4) return { outcome: 'accepted', facts };
      return { outcome: reply.code === 500 || reply.code === 501 ? 'refused' : 'other-code', facts };
    },
  });
}

export const restNegative = badMarkerCase('K12a', 'negative', '-1');
export const restTrailingLetter = badMarkerCase('K12b', 'trailing-letter', '1x');

export const restHuge = defineServerCase({
  id: 'rfc3659/5.3/rest-beyond-64-bits',
  row: 'K12c',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 3659 section 5.3',
  requirement: 'A marker above 2^64 is refused at REST or at RETR, and does not become another number.',
  outcomes: {
    refused: { grade: 'pass', says: 'a marker above 2^64 is refused' },
    empty: { grade: 'non-strict', says: 'RETR with a marker above 2^64 sends nothing and says that it was complete' },
    wrapped: { grade: 'broken', says: 'RETR with a marker above 2^64 sends bytes: the number was cut to fewer bits' },
  },
  advice: 'Read the marker with a check for overflow and answer 501 or 554.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    const rest = await session.implemented(`REST ${2n ** 64n + 5n}`);
    if (classOf(rest) > 3) return { outcome: 'refused', facts: `REST: ${rest.text}` };
    const { reply, bytes } = await transferDown(session, file.path, line);
    const facts = `REST: ${rest.text}; RETR: ${reply.text}, ${bytes.length} bytes`;
    if (bytes.length > 0) return { outcome: 'wrapped', facts };
    return { outcome: classOf(reply) > 3 ? 'refused' : 'empty', facts };
  },
});

export const restStreamFeature = defineServerCase({
  id: 'rfc3659/5.4/feat-rest-stream',
  row: 'K14',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 3659 section 5.4',
  requirement: 'FEAT has the line "REST STREAM" where REST works in stream mode, and only there.',
  outcomes: {
    announced: { grade: 'pass', says: 'FEAT has the line REST STREAM, and REST works' },
    absent: { grade: 'broken', says: 'REST works, and FEAT does not have the line REST STREAM' },
    wrong: { grade: 'broken', says: 'FEAT has the line REST STREAM, and REST is refused' },
    neither: { grade: 'unimplemented', says: 'there is neither REST nor a line for it' },
  },
  advice: 'Put exactly " REST STREAM" into the answer to FEAT.',
  async run(lab) {
    const session = await lab.open();
    const feat = await session.implemented('FEAT');
    const rest = await session.command('REST 0');
    const line = feat.lines.find((each) => /^ ?REST/i.test(each));
    const facts = `${line ?? 'no line with REST'}; ${rest.text}`;
    const isAnnounced = feat.lines.some((each) => /^ REST STREAM$/i.test(each));
    if (rest.code === 350) return { outcome: isAnnounced ? 'announced' : 'absent', facts };
    return { outcome: isAnnounced ? 'wrong' : 'neither', facts };
  },
});
