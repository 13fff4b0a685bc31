/** M09 and M10: the form of the lines of MLSD and MLST. */

import { defineServerCase } from '../../../engine/lab-case.ts';

/** Facts that each end with a semicolon, one space, a name (section 7.2). */
const entry = /^(?:[^\s=;]+=[^\s;]*;)* .+$/;

const advice = 'Write facts as name=value; one behind the other, exactly one space, and the name.';

export const mlsdLines = defineServerCase({
  id: 'rfc3659/7.2/mlsd-lines',
  row: 'M09',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 3659 section 7.2',
  requirement:
    'Each line of MLSD has facts that end with a semicolon, one space, and a name; and every file is listed.',
  outcomes: {
    right: { grade: 'pass', says: 'every line has the form that is asked for, and the file is listed' },
    malformed: { grade: 'broken', says: 'a line does not have the form that is asked for' },
    missing: { grade: 'broken', says: 'a file that is there is not listed' },
    'wrong-size': { grade: 'broken', says: 'the size fact of a file is not its size' },
  },
  advice,
  needs: ['write'],
  async run(lab) {
    const file = await lab.file(1000);
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    const session = await lab.open();
    const line = await session.passive();
    const begun = await session.implemented(`MLSD ${lab.folder}`);
    if (begun.code !== 125 && begun.code !== 150) return { outcome: 'missing', facts: begun.text };
    await line.secured;
    const lines = (await line.finish()).toString().split('\r\n').slice(0, -1);
    await session.reply();
    const odd = lines.find((one) => !entry.test(one));
    if (odd !== undefined) return { outcome: 'malformed', facts: odd };
    const found = lines.find((one) => one.endsWith(` ${name}`));
    if (found === undefined) return { outcome: 'missing', facts: `${lines.length} lines` };
    const size = /(?:^|;)size=(\d+);/i.exec(found)?.[1];
    return { outcome: size === undefined || size === String(file.bytes.length) ? 'right' : 'wrong-size', facts: found };
  },
});

export const mlstForm = defineServerCase({
  id: 'rfc3659/7.2/mlst-form',
  row: 'M10',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 3659 section 7.2',
  requirement: 'MLST is answered on the control connection by 250- with one line behind one space, and 250.',
  outcomes: {
    right: { grade: 'pass', says: 'the reply to MLST has the form that is asked for' },
    'no-space': { grade: 'broken', says: 'the line of facts does not begin with a space' },
    malformed: { grade: 'broken', says: 'the reply to MLST does not have the form that is asked for' },
  },
  advice: `Answer "250-…", the line behind one space, and "250 End". ${advice}`,
  async run(lab) {
    const file = await lab.file(1000);
    const session = await lab.open();
    const reply = await session.implemented(`MLST ${file.path}`);
    const facts = reply.lines.join(' | ');
    const [, ...inner] = reply.lines;
    inner.pop();
    if (reply.code !== 250 || inner.length !== 1) return { outcome: 'malformed', facts };
    const [only = ''] = inner;
    if (!only.startsWith(' ')) return { outcome: entry.test(only) ? 'no-space' : 'malformed', facts };
    return { outcome: entry.test(only.slice(1)) ? 'right' : 'malformed', facts };
  },
});
