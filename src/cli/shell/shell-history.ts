/** The lines of earlier shells, kept in a file that its owner alone can read. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stateFolder } from '../state-folder.ts';

/** Lines that are kept. */
export const maxHistoryLines = 1000;

/** `$XDG_STATE_HOME/twinline/history`. */
export function historyFile(): string {
  return join(stateFolder(), 'history');
}

/** The newest line first, as node:readline has it; empty where there is no file or it cannot be read. */
export async function loadHistory(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean).slice(-maxHistoryLines).toReversed();
}

/** Keeps the lines, the newest first. A folder that cannot be written is no reason to stop: the history is a comfort. */
export async function saveHistory(file: string, lines: readonly string[]): Promise<void> {
  const text = lines.slice(0, maxHistoryLines).toReversed().join('\n');
  const draft = `${file}.${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(draft, `${text}\n`, { mode: 0o600 });
    await rename(draft, file);
  } catch {
    // See above.
  }
}
