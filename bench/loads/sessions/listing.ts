/** One listing of a large folder, kept and counted when the clock has stopped. */

import { FtpControl } from '../ftp-control.ts';
import { openDataLine } from './data-line.ts';
import { listedName, type AnswerOf, type OrderOf } from './orders.ts';

export async function list({ target, verb, path, entries }: OrderOf<'list'>): Promise<AnswerOf<'list'>> {
  const control = await FtpControl.open(target);
  const pieces: Buffer[] = [];
  const line = await openDataLine(control, target.host, (bytes) => void pieces.push(Buffer.from(bytes)));
  const started = performance.now();
  control.send(`${verb} ${path}`);
  await control.reply('150', '125');
  await Promise.all([line.closed, control.reply('226', '250')]);
  const elapsedMs = performance.now() - started;
  await control.close();
  const text = Buffer.concat(pieces).toString('latin1');
  const named = new Set(text.match(/entry-\d{6}(?=\r\n)/g));
  const whole = named.size === entries && named.has(listedName(1)) && named.has(listedName(entries));
  if (!whole) throw new Error(`${named.size} of ${entries} entries were listed.`);
  return { elapsedMs, bytes: text.length };
}
