/** M13: names in a listing that lead out of the folder which is downloaded into. */

import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { createTempFolder } from '../../../../peer/index.ts';
import type { ClientLab } from '../../../client-lab/client-lab.ts';
import { type ClientCase, defineClientCase } from '../../../engine/lab-case.ts';
import { folderScripts } from '../folder.ts';

/** Of all files that the case serves: nothing else on this machine has such a name. */
const mark = 'twinline-escape';
const goodName = 'good.txt';

interface HostileNames {
  readonly row: string;
  readonly name: string;
  readonly requirement: string;
  /** `outside` is a folder beside that of the client. */
  readonly names: (outside: string) => readonly string[];
}

const hostileNames: readonly HostileNames[] = [
  {
    row: 'M13a',
    name: 'parent-folders',
    requirement: 'A name with ../ in a listing puts no file outside of the folder that is downloaded into.',
    names: () => [`../${mark}-1`, `a/../../${mark}-2`, `./../${mark}-3`],
  },
  {
    row: 'M13b',
    name: 'absolute-names',
    requirement: 'An absolute name in a listing puts no file outside of the folder that is downloaded into.',
    names: (outside) => [join(outside, `${mark}-4`), `/${join(outside, `${mark}-5`)}`],
  },
  {
    row: 'M13c',
    name: 'names-of-windows',
    requirement:
      'Backslashes and drive letters in a listing put no file outside of the folder that is downloaded into.',
    names: () => [`..\\${mark}-6`, `C:..\\${mark}-7`, `C:\\${mark}-8`],
  },
  {
    row: 'M13d',
    name: 'nul-in-name',
    requirement: 'A name with NUL in a listing is not cut there, and puts no file outside of the folder.',
    names: () => [`../${mark}-9\0.txt`, `${mark}-10\0.txt`],
  },
];

/** Every file below a folder. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

async function judge(lab: ClientLab, names: HostileNames['names']) {
  const outside = await createTempFolder('twinline-lab-');
  lab.atEnd(() => outside.remove());
  const content = Buffer.from('served by a hostile server\n');
  const hostile = names(outside.path);
  lab.fault(`a listing with ${hostile.map((name) => JSON.stringify(name)).join(', ')}`);
  const run = await lab.run({ content, commands: folderScripts([...hostile, goodName], content) });
  const found = (await filesBelow(run.folder)).filter((file) => file.includes(mark) || file.endsWith(goodName));
  const inside = run.localPath + sep;
  const escaped = [...(await filesBelow(outside.path)), ...found.filter((file) => !file.startsWith(inside))];
  const isCut = found.some((file) => file.endsWith('-10'));
  const shown = found.map((file) => JSON.stringify(relative(run.folder, file))).join(', ');
  const facts = `files: ${shown === '' ? 'none' : shown}; ${escaped.length} outside; ${run.facts}`;
  if (escaped.length > 0) return { outcome: 'escapes', facts } as const;
  if (run.hung) return { outcome: 'hangs', facts } as const;
  if (run.crashed) return { outcome: 'crashes', facts } as const;
  if (isCut) return { outcome: 'cuts', facts } as const;
  if (!run.claimsSuccess) return { outcome: 'refuses', facts } as const;
  return { outcome: found.some((file) => file.endsWith(goodName)) ? 'stays' : 'leaves', facts } as const;
}

export const hostileListings: readonly ClientCase[] = hostileNames.map(({ row, name, requirement, names }) =>
  defineClientCase({
    id: `engineering/listing-with-${name}`,
    row,
    area: 'security',
    level: 'engineering',
    clause: 'engineering',
    requirement,
    outcomes: {
      stays: { grade: 'pass', says: 'the client writes into the folder only' },
      refuses: { grade: 'pass', says: 'the client writes nothing outside of the folder, and reports a failure' },
      leaves: { grade: 'info', says: 'the client downloads nothing of such a listing, and reports success' },
      cuts: { grade: 'broken', says: 'the client cuts a name at NUL' },
      escapes: { grade: 'fail', says: 'the client writes outside of the folder, where the server wants it' },
      hangs: { grade: 'broken', says: 'the client comes to no end' },
      crashes: { grade: 'fail', says: 'the client crashes' },
    },
    advice:
      'Take of a listing only names without separators, drive letters and NUL, and check the path that comes of it.',
    task: 'tree',
    run: (lab) => judge(lab, names),
  }),
);
