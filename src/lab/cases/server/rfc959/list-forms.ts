/** M11 and M14: LIST of an empty folder, and LIST with the flags of ls. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import type { LabSession } from '../../../server-lab/lab-session.ts';

async function list(session: LabSession, command: string): Promise<{ begun: Reply; end?: Reply; text: string }> {
  const line = await session.passive();
  const begun = await session.command(command);
  if (classOf(begun) !== 1) {
    line.destroy();
    return { begun, text: '' };
  }
  await line.secured;
  const text = (await line.finish()).toString();
  return { begun, end: await session.reply(), text };
}

export const listEmptyFolder = defineServerCase({
  id: 'rfc959/5.4/list-empty-folder',
  row: 'M11',
  area: 'features',
  level: 'SHOULD',
  clause: 'RFC 959 section 5.4',
  requirement: 'LIST of an empty folder is a listing without lines: 150, no bytes, 226.',
  outcomes: {
    empty: { grade: 'pass', says: '150 comes, no bytes, and 226' },
    'own-lines': { grade: 'info', says: 'the listing has lines of its own (a total, or the folder itself)' },
    refused: { grade: 'broken', says: 'LIST of an empty folder is refused' },
    unconfirmed: { grade: 'broken', says: 'LIST of an empty folder begins and is not confirmed' },
  },
  advice: 'List nothing, and answer 226.',
  needs: ['write'],
  async run(lab) {
    const session = await lab.open();
    const folder = lab.newPath('folder');
    await session.need(257, `MKD ${folder}`);
    const { begun, end, text } = await list(session, `LIST ${folder}`);
    await session.command(`RMD ${folder}`);
    const facts = `${begun.text}; ${text.length} bytes; ${end?.text ?? 'nothing more'}`;
    if (end === undefined) return { outcome: 'refused', facts };
    if (classOf(end) !== 2) return { outcome: 'unconfirmed', facts };
    return { outcome: text === '' ? 'empty' : 'own-lines', facts };
  },
});

export const listWithFlags = defineServerCase({
  id: 'rfc959/4.1.3/list-with-flags',
  row: 'M14',
  area: 'features',
  level: 'MAY',
  clause: 'RFC 959 section 4.1.3',
  requirement: 'LIST -a and LIST -la, which clients send, are taken as flags or as names.',
  outcomes: {
    flags: { grade: 'info', says: '-a and -la are taken as flags of ls' },
    names: { grade: 'info', says: '-a and -la are taken as names' },
    mixed: { grade: 'info', says: 'one of -a and -la is taken as a flag' },
  },
  advice: 'Drop a leading word of flags: clients that send it want the folder.',
  needs: ['write'],
  async run(lab) {
    await lab.file(1000);
    const session = await lab.open();
    await session.need(250, `CWD ${lab.folder}`);
    const seen = [await list(session, 'LIST -a'), await list(session, 'LIST -la')];
    const taken = seen.filter(({ end, text }) => end !== undefined && classOf(end) === 2 && /[^.\s]/.test(text)).length;
    const facts = seen.map(({ begun, end, text }) => `${(end ?? begun).text} (${text.length} bytes)`).join('; ');
    return { outcome: taken === 2 ? 'flags' : taken === 0 ? 'names' : 'mixed', facts };
  },
});
