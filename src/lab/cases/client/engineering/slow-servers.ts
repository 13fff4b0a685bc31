/** H07, H08, N16, N17: servers that are slow, or leave a data connection open. */

import { setTimeout as sleep } from 'node:timers/promises';
import { defaultScripts, inChunksOf, type Script } from '../../../../peer/index.ts';
import type { ClientLab, RogueOptions } from '../../../client-lab/client-lab.ts';
import { defineCopingCase, mayRefuse } from '../coping-case.ts';
import { retrieveBy } from '../served.ts';

const common = { area: 'failure', level: 'engineering', clause: 'engineering', task: 'download', waits: true } as const;

/** How late something comes that a patient client waits for, in milliseconds. */
const lateMs = 3_000;

export const dataLeftOpen = defineCopingCase({
  ...common,
  id: 'rfc959/3.2/data-left-open-after-226',
  row: 'H07',
  clause: 'RFC 959 section 3.2',
  requirement: 'A data connection that stays open behind 226 is waited for, but not without end.',
  advice: 'Wait a bounded time for the end of the data connection once the result is there.',
  except: mayRefuse,
  rogue: (lab) => {
    const content = lab.random.bytes(64 * 1024);
    return {
      content,
      commands: {
        RETR: retrieveBy(async (line) => {
          await line.write(content);
          lab.fault('the data connection stays open');
        }),
      },
    };
  },
});

/** Sends all of the file, and the result so much later. */
function lateResultAfter(lab: ClientLab, ms: number): RogueOptions {
  const content = lab.random.bytes(64 * 1024);
  return {
    content,
    commands: {
      RETR: retrieveBy(async (line, session) => {
        await line.write(content);
        await session.endData(line);
        lab.fault(`226 is held back for ${ms / 1000} s`);
        await sleep(ms);
      }),
    },
  };
}

export const lateResult = defineCopingCase({
  ...common,
  id: 'engineering/late-226',
  row: 'H08',
  requirement: 'A result that comes some seconds behind the data is waited for.',
  advice: 'Give the server as much time for 226 as for any other reply.',
  rogue: (lab) => lateResultAfter(lab, lateMs),
});

/** A client that was told to bear so much is started with a timer above that, in seconds. */
const patient = { timeoutSeconds: 60, patienceMs: 70_000 } as const;

export const veryLateResult = defineCopingCase({
  ...common,
  id: 'engineering/very-late-226',
  row: 'H08b',
  requirement:
    'A result that comes half a minute behind the data is waited for, where the timer of the client allows it.',
  advice: 'Measure the wait for 226 by the timer for replies, and by no shorter one of its own.',
  intrusive: true,
  deadlineMs: 80_000,
  rogue: (lab) => ({ ...lateResultAfter(lab, 30_000), ...patient }),
});

function slowly(verb: string): Script {
  return async (session, argument) => {
    await sleep(300);
    await session.perform(defaultScripts[verb] ?? '200 Fine', argument);
  };
}

export const slowServer = defineCopingCase({
  ...common,
  id: 'engineering/slow-server',
  row: 'N16',
  requirement: 'A server that answers after 0.3 s and sends in small pieces is only slow.',
  advice: 'Let timers count the time without progress, and not the time that the whole takes.',
  rogue: (lab) => {
    const content = lab.random.bytes(64 * 1024);
    return {
      content,
      greeting: (session) => session.reply('220 Slow', { delayMs: 500 }),
      commands: {
        ...Object.fromEntries(
          ['USER', 'PASS', 'PBSZ', 'PROT', 'TYPE', 'EPSV', 'PASV'].map((verb) => [verb, slowly(verb)]),
        ),
        RETR: retrieveBy(async (line, session) => {
          for (const piece of inChunksOf(content, 4 * 1024)) {
            await line.write(piece);
            await sleep(100);
          }
          await session.endData(line);
        }),
      },
    };
  },
});

/** Sends nothing for so long behind 150. */
function lateDataAfter(lab: ClientLab, ms: number): RogueOptions {
  const content = lab.random.bytes(64 * 1024);
  return {
    content,
    commands: {
      RETR: retrieveBy(async (line, session) => {
        lab.fault(`the data are held back for ${ms / 1000} s`);
        await sleep(ms);
        await line.write(content);
        await session.endData(line);
      }),
    },
  };
}

export const lateData = defineCopingCase({
  ...common,
  id: 'engineering/late-data',
  row: 'N17',
  requirement: 'Data that begin some seconds behind 150 are waited for.',
  advice: 'Give the first byte as much time as any other.',
  rogue: (lab) => lateDataAfter(lab, lateMs),
});

export const veryLateData = defineCopingCase({
  ...common,
  id: 'engineering/very-late-data',
  row: 'N17b',
  requirement: 'Data that begin 20 seconds behind 150 are waited for, where the timer of the client allows it.',
  advice: 'Measure the wait for the first byte by the timer for progress, and by no shorter one of its own.',
  intrusive: true,
  deadlineMs: 80_000,
  rogue: (lab) => ({ ...lateDataAfter(lab, 20_000), ...patient }),
});
