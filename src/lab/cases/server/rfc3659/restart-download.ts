/** K07 to K09, K13: REST and what RETR makes of it. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { putOwnFile, textOfLines } from '../../../server-lab/own-files.ts';
import { transferDown } from '../../../server-lab/plain-transfers.ts';

const clause = 'RFC 3659 section 5.3';

export const misplacedRest = defineServerCase({
  id: 'rfc3659/5.3/rest-before-another-command',
  row: 'K07a',
  area: 'features',
  level: 'MUST',
  clause,
  requirement:
    'REST, another command, RETR: the marker is used or forgotten, or one of both is refused; nothing else is sent.',
  outcomes: {
    forgotten: { grade: 'info', says: 'the whole file comes: PWD drops the marker' },
    kept: { grade: 'info', says: 'the marker is kept over PWD and used by RETR' },
    refused: { grade: 'info', says: 'the command behind REST is refused' },
    otherwise: { grade: 'broken', says: 'RETR brings neither the file nor the rest of it' },
  },
  advice: 'Drop the marker at every command but the one that it is for (and those that set up its data connection).',
  smoke: true,
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    const rest = await session.implemented('REST 1000');
    const between = await session.command('PWD');
    const { reply, bytes } = await transferDown(session, file.path, line);
    const facts = `REST: ${rest.text}; PWD: ${between.text}; RETR: ${reply.text}, ${bytes.length} bytes`;
    if (classOf(between) > 3 || classOf(reply) > 3) return { outcome: 'refused', facts };
    if (bytes.equals(file.bytes)) return { outcome: 'forgotten', facts };
    return { outcome: bytes.equals(file.bytes.subarray(1000)) ? 'kept' : 'otherwise', facts };
  },
});

export const restartedDownload = defineServerCase({
  id: 'rfc3659/5.3/restarted-download',
  row: 'K07b',
  area: 'features',
  level: 'MUST',
  clause,
  requirement: 'RETR behind REST sends the file from that byte on.',
  outcomes: {
    rest: { grade: 'pass', says: 'exactly the rest of the file comes' },
    whole: { grade: 'fail', says: '350 comes, and then the whole file: a client that joins both parts spoils it' },
    otherwise: { grade: 'fail', says: 'what comes is not the rest of the file' },
    refused: { grade: 'broken', says: 'REST or the download behind it is refused' },
  },
  advice: 'Skip as many bytes as REST says, and answer 502 where that cannot be done.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const at = lab.random.between(1, file.bytes.length - 1);
    const line = await session.passive();
    const rest = await session.implemented(`REST ${at}`);
    const { reply, bytes } = await transferDown(session, file.path, line);
    const facts = `REST ${at}: ${rest.text}; RETR: ${reply.text}, ${bytes.length} bytes`;
    if (rest.code !== 350 || classOf(reply) > 3) return { outcome: 'refused', facts };
    if (bytes.equals(file.bytes.subarray(at))) return { outcome: 'rest', facts };
    return { outcome: bytes.equals(file.bytes) ? 'whole' : 'otherwise', facts };
  },
});

export const restPastEnd = defineServerCase({
  id: 'rfc3659/5.3/rest-past-end',
  row: 'K08',
  area: 'features',
  level: 'SHOULD',
  clause,
  requirement: 'A marker behind the end of the file is found at RETR, and RETR is rejected.',
  outcomes: {
    rejected: { grade: 'pass', says: 'RETR with a marker behind the end is rejected' },
    'at-rest': { grade: 'broken', says: 'REST itself is refused, before there is a file to compare with' },
    empty: { grade: 'broken', says: 'RETR with a marker behind the end sends nothing and says that it was complete' },
    bytes: { grade: 'fail', says: 'RETR with a marker behind the end sends bytes' },
  },
  advice: 'Compare the marker with the size at RETR and answer 554 (or 551, 550) where it lies behind the end.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    const rest = await session.implemented(`REST ${file.bytes.length + 1}`);
    if (rest.code !== 350) return { outcome: 'at-rest', facts: rest.text };
    const { reply, bytes } = await transferDown(session, file.path, line);
    const facts = `${reply.text}; ${bytes.length} bytes`;
    if (bytes.length > 0) return { outcome: 'bytes', facts };
    return { outcome: classOf(reply) > 3 ? 'rejected' : 'empty', facts };
  },
});

export const restZero = defineServerCase({
  id: 'rfc3659/5.3/rest-0',
  row: 'K09',
  area: 'features',
  level: 'MUST',
  clause,
  requirement: 'REST 0 takes a marker back: the whole file is sent.',
  outcomes: {
    whole: { grade: 'pass', says: 'the whole file comes behind REST 0' },
    otherwise: { grade: 'broken', says: 'another thing than the whole file comes behind REST 0' },
    refused: { grade: 'broken', says: 'REST 0 or the download behind it is refused' },
  },
  advice: 'Take REST 0 as any other offset.',
  async run(lab) {
    const file = await lab.file(64 * 1024);
    const session = await lab.open();
    const line = await session.passive();
    await session.implemented('REST 1000');
    const zero = await session.command('REST 0');
    const { reply, bytes } = await transferDown(session, file.path, line);
    const facts = `REST 0: ${zero.text}; RETR: ${reply.text}, ${bytes.length} bytes`;
    if (zero.code !== 350 || classOf(reply) > 3) return { outcome: 'refused', facts };
    return { outcome: bytes.equals(file.bytes) ? 'whole' : 'otherwise', facts };
  },
});

export const restInTypeA = defineServerCase({
  id: 'rfc3659/5.2/rest-in-type-a',
  row: 'K13',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 3659 section 5.2',
  requirement: 'In TYPE A a marker counts the bytes as they are transferred, or the restart is refused.',
  outcomes: {
    consistent: { grade: 'pass', says: 'what comes is the end of what TYPE A brings without a marker' },
    refused: { grade: 'pass', says: 'a restart in TYPE A is refused' },
    stored: {
      grade: 'broken',
      says: 'the marker counts the bytes as they are stored: both parts together are not the file',
    },
    otherwise: { grade: 'broken', says: 'what comes is not the end of what TYPE A brings without a marker' },
  },
  advice: 'Count the converted bytes, or answer 554 to REST in TYPE A.',
  needs: ['write'],
  async run(lab) {
    const text = textOfLines(100);
    const session = await lab.open();
    const path = await putOwnFile(lab, session, text);
    await session.need(200, 'TYPE A');
    const whole = await transferDown(session, path);
    const at = 1000;
    const line = await session.passive();
    const rest = await session.implemented(`REST ${at}`);
    const { reply, bytes } = await transferDown(session, path, line);
    const facts = `REST: ${rest.text}; RETR: ${reply.text}, ${bytes.length} bytes of ${whole.bytes.length}`;
    if (classOf(rest) > 3 || classOf(reply) > 3) return { outcome: 'refused', facts };
    if (bytes.equals(whole.bytes.subarray(at))) return { outcome: 'consistent', facts };
    const stored = text.subarray(at).toString().replaceAll('\n', '\r\n');
    return { outcome: bytes.toString() === stored ? 'stored' : 'otherwise', facts };
  },
});
