/** D09: downloads that are whole and do not end with close_notify. */

import type { ClientLab, RogueOptions } from '../../../client-lab/client-lab.ts';
import { defineClientCase } from '../../../engine/lab-case.ts';
import { retrieveBy, withoutSize } from '../served.ts';

function wholeAndCut(lab: ClientLab): RogueOptions {
  const content = lab.random.bytes(1024 * 1024);
  return {
    content,
    commands: {
      RETR: retrieveBy(async (line) => {
        await line.write(content);
        lab.fault('FIN without close_notify behind the last byte');
        line.finWithoutCloseNotify();
      }),
    },
  };
}

const outcomes = {
  fails: { grade: 'pass', says: 'the client reports a failure' },
  proves: { grade: 'pass', says: 'the client has asked for the size and takes the file for whole' },
  blind: { grade: 'broken', says: 'the client reports success, and nothing has told it that the file is whole' },
  wrong: { grade: 'fail', says: 'the client reports success, and the file is not whole' },
  hangs: { grade: 'broken', says: 'the client comes to no end' },
  crashes: { grade: 'fail', says: 'the client crashes' },
} as const;

const common = {
  area: 'data',
  level: 'SHOULD',
  clause: 'RFC 8446 section 6.1',
  outcomes,
  task: 'download',
  advice: 'Where close_notify is missing, prove by SIZE or a hash that the file is whole, or fail.',
} as const;

async function judge(
  lab: ClientLab,
  options: RogueOptions,
): Promise<{ outcome: keyof typeof outcomes; facts: string }> {
  const run = await lab.run(options);
  const { facts } = run;
  if (run.hung) return { outcome: 'hangs', facts };
  if (run.crashed) return { outcome: 'crashes', facts };
  if (!run.claimsSuccess) return { outcome: 'fails', facts };
  if (run.local !== 'whole') return { outcome: 'wrong', facts };
  // 213 is the only answer here that names a size: LIST and MLSD of a folder are another way to learn it.
  const hasAsked = run.commands.some((line) => /^(?:SIZE|MLST|MLSD|LIST|HASH|X\w+) ?/i.test(line));
  const isTold = options.commands?.['SIZE'] === undefined;
  return { outcome: hasAsked && isTold ? 'proves' : 'blind', facts };
}

export const uncleanEndOfKnownSize = defineClientCase({
  ...common,
  id: 'rfc8446/6.1/whole-without-close-notify-of-known-size',
  row: 'D09a',
  requirement: 'A whole download without close_notify fails, or is taken for whole because its SIZE is right.',
  run: (lab) => judge(lab, wholeAndCut(lab)),
});

export const uncleanEndOfUnknownSize = defineClientCase({
  ...common,
  id: 'rfc8446/6.1/whole-without-close-notify',
  row: 'D09b',
  requirement:
    'A download without close_notify and without a known size is a failure: it cannot be told from a cut one.',
  run: (lab) => judge(lab, withoutSize(wholeAndCut(lab))),
});
