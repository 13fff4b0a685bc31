/** A folder of small files, as several cases let their servers show and give it. */

import type { Script, ScriptedSession } from '../../../peer/index.ts';

/** From 150 to the last reply of a transfer that gives these bytes. */
export type GiveBytes = (session: ScriptedSession, bytes: Buffer) => Promise<void>;

/** As a decent server does. */
export const giveBytes: GiveBytes = async (session, bytes) => {
  await session.reply('150 Here it comes');
  const line = await session.acceptData();
  await line.write(bytes);
  await session.endData(line);
  await session.reply('226 Done');
};

/** Names that begin a tree of which only the files in the folder at the top are there. */
export function folderScripts(
  names: readonly string[],
  content: Buffer,
  give: GiveBytes = giveBytes,
): Readonly<Record<string, Script>> {
  const list = (write: (name: string) => string): Script => {
    const text = names.map((name) => `${write(name)}\r\n`).join('');
    return (session) => give(session, Buffer.from(text));
  };
  return {
    MLSD: list((name) => `type=file;size=${content.length};modify=20260101000000; ${name}`),
    LIST: list(
      (name) => `-rw-r--r--   1 ftp      ftp      ${String(content.length).padStart(12)} Jan 01  2026 ${name}`,
    ),
    NLST: list((name) => name),
    SIZE: `213 ${content.length}`,
    RETR: async (session) => {
      const from = session.restartAt;
      session.restartAt = 0;
      await give(session, content.subarray(from));
    },
  };
}
