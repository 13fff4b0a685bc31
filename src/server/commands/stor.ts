/** STOR, STOU and APPE: uploads (RFC 959 section 4.1.3). */

import { randomBytes } from 'node:crypto';
import type { Reply } from '../../protocol/index.ts';
import type { WriteHandle, WriteMode } from '../../storage/index.ts';
import { reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { placeInText, type TextPlace } from '../transfers/file-pieces.ts';
import { openResumable } from '../transfers/resumable.ts';
import { formOf } from '../transfers/form.ts';
import { tlsOnClearLine } from '../transfers/data-line-text.ts';
import { refusingTls } from '../transfers/refuse-tls-in-clear.ts';
import { runTransfer } from '../transfers/run-transfer.ts';
import { pacedWriter } from '../shares/pace.ts';
import type { Transfer } from '../transfers/transfer.ts';
import { receiveFile } from '../transfers/work.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

function receive(
  session: Session,
  verb: string,
  argument: string,
  mode: WriteMode,
  opening?: string,
): Promise<Reply | undefined> {
  const path = session.path(argument);
  const { announcedBytes } = session;
  const form = formOf(session);
  session.announcedBytes = undefined;
  const startOffset = mode.kind === 'resume' ? mode.offset : 0;
  const plan = { direction: 'upload', verb, path, startOffset, ...(opening === undefined ? {} : { opening }) } as const;
  return runTransfer(session, plan, async (transfer) => {
    const owner = { name: session.account?.name ?? '' };
    const place =
      form.type === 'ascii' && mode.kind === 'resume'
        ? await placeOf(session, path, mode.offset, () => !transfer.interrupted)
        : undefined;
    const fileMode = place === undefined ? mode : ({ kind: 'resume', offset: place.fileOffset } as const);
    const expectedBytes = form.type === 'image' ? announcedBytes : undefined;
    const file = await session.storage.openWrite(path, owner, {
      ...fileMode,
      ...(expectedBytes === undefined ? {} : { expectedBytes }),
    });
    const pace = session.membership.share?.pace('up');
    const sink = pace === undefined ? file : pacedWriter(file, pace, transfer.scope, transfer.onProgress);
    return receiveFile(watched(session, sink, transfer), form, { announcedBytes, afterCr: place?.afterCr ?? false });
  });
}

/** A client that has TLS on its control line and begins it on a data line in clear has forgotten PROT P. */
function watched(session: Session, file: WriteHandle, transfer: Transfer): WriteHandle {
  if (session.state.security !== 'tls' || session.state.protection === 'private') return file;
  return refusingTls(file, () => transfer.interrupt('data-error', tlsOnClearLine));
}

/** Where an upload in ASCII goes on: the client counts bytes as they travel, the file has fewer. */
async function placeOf(session: Session, stored: string, offset: number, isWanted: () => boolean): Promise<TextPlace> {
  const file = await openResumable(session, stored);
  try {
    return await placeInText(file, offset, isWanted);
  } finally {
    await file.close();
  }
}

function resumed({ restartOffset: offset }: Session): WriteMode | undefined {
  return offset > 0 ? { kind: 'resume', offset } : undefined;
}

export const stor = defineCommand({
  verbs: ['STOR'],
  argument: 'required',
  movesData: true,
  permission: 'write',
  changes: 'upload',
  help: 'STOR file',
  clause: 'RFC 959 section 4.1.3',
  requirements: [
    kept(
      'RFC 959 section 4.1.3',
      'Takes a file; the old content stands until the new one is whole and on disk, then 226.',
    ),
    kept('RFC 959 section 3.1.1.1', 'In ASCII type CRLF becomes the line end of the system.'),
  ],
  run: (session, argument) => receive(session, 'STOR', argument, resumed(session) ?? { kind: 'replace' }),
});

/** A name that nobody has: time and chance. */
function uniqueName(): string {
  return `stou-${Date.now().toString(36)}-${randomBytes(6).toString('hex')}`;
}

export const stou = defineCommand({
  verbs: ['STOU'],
  argument: 'optional',
  movesData: true,
  permission: 'write',
  changes: 'upload',
  help: 'STOU',
  clause: 'RFC 959 section 4.1.3, RFC 1123 section 4.1.2.9',
  requirements: [
    kept('RFC 959 section 4.1.3', 'Takes a file under a name of its own.'),
    kept('RFC 1123 section 4.1.2.9', 'Tells the name in the 150 reply, as FILE: name.'),
  ],
  run: (session) => {
    if (session.restartOffset > 0) return reply(503, 'STOU makes a new file, REST has no meaning for it');
    const name = uniqueName();
    return receive(session, 'STOU', name, { kind: 'replace' }, `FILE: ${name}`);
  },
});

export const appe = defineCommand({
  verbs: ['APPE'],
  argument: 'required',
  movesData: true,
  permission: 'write',
  changes: 'upload',
  help: 'APPE file',
  clause: 'RFC 959 section 4.1.3, RFC 3659 section 5.3',
  requirements: [
    kept('RFC 959 section 4.1.3', 'Writes behind what is there, in one step.'),
    kept('RFC 3659 section 5.3', 'Behind REST it does what STOR does.'),
  ],
  run: (session, argument) => receive(session, 'APPE', argument, resumed(session) ?? { kind: 'append' }),
});
