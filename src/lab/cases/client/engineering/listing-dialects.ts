/** M12: listings as servers of other systems write them. */

import type { ScriptedSession } from '../../../../peer/index.ts';
import type { ClientCase } from '../../../engine/lab-case.ts';
import { defineCopingCase } from '../coping-case.ts';

const dialects: readonly (readonly [row: string, name: string, system: string, lines: readonly string[]])[] = [
  ['M12a', 'unix', '215 UNIX Type: L8', ['total 2', '-rw-r--r--+  1 1001     1001         1234 Jan  1 12:34 file.bin']],
  ['M12b', 'dos', '215 Windows_NT', ['01-01-26  12:34PM                 1234 file.bin']],
  ['M12c', 'eplf', '215 UNIX Type: L8', ['+i8388621.48594,m825718503,r,s1234,\tfile.bin']],
  [
    'M12d',
    'vms',
    '215 VMS V8.4',
    [
      '',
      'Directory DKA0:[LAB]',
      '',
      'file.bin;1             3/6        1-JAN-2026 12:34:56  [LAB]    (RWED,RE,,)',
      '',
      'Total of 1 file, 3/6 blocks',
    ],
  ],
  [
    'M12e',
    'os400',
    '215 OS/400 is the remote operating system.',
    ['LAB             1234 01/01/26 12:34:56 *STMF      file.bin'],
  ],
  [
    'M12f',
    'mvs',
    '215 MVS is the operating system of this server.',
    [
      'Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname',
      'WYOSPT 3420   2026/01/01  1  200  FB      80  8053  PS  file.bin',
    ],
  ],
  [
    'M12g',
    'months-of-other-languages',
    '215 UNIX Type: L8',
    ['-rw-r--r--   1 ftp      ftp          1234 1. Mär 12:34 file.bin'],
  ],
];

/** The list is shown parsed or raw; what is not allowed is to lose a name without a word. */
export const listingDialects: readonly ClientCase[] = dialects.map(([row, name, system, lines]) =>
  defineCopingCase({
    id: `engineering/listing-of-${name}`,
    row,
    area: 'features',
    level: 'engineering',
    clause: 'engineering',
    requirement: 'A listing that the client does not understand is shown as it came, or refused with an error.',
    except: {
      fails: { grade: 'pass', says: 'the client says that it does not understand the listing' },
      wrong: { grade: 'broken', says: 'the client leaves the name out and reports success' },
    },
    advice: 'Show a line that is not understood as it came.',
    task: 'list',
    rogue: () => {
      const list = async (session: ScriptedSession): Promise<void> => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        await line.write(`${lines.join('\r\n')}\r\n`);
        await session.endData(line);
        await session.reply('226 Done');
      };
      const feat = '211-Features:\n AUTH TLS\n EPSV\n PBSZ\n PROT\n211 End';
      return { commands: { SYST: system, FEAT: feat, MLSD: '502 No MLSD here', MLST: '502 No MLST here', LIST: list } };
    },
  }),
);
