/** The first field note: what happens to a download and to an upload when the control line is lost in their middle. */

import { randomOfCase } from '../engine/random.ts';
import { type Clause, dataIsItsOwn, fiveCloses, lostData, lostDataUnderTls, unexpectedClose } from './clauses.ts';
import { answerOf } from './control-loss-answer.ts';
import type { FaultKind } from './between.ts';
import { ControlLossTrial, type Cut, type TrialSeen } from './control-loss-trial.ts';
import { judgeTrial } from './control-loss-verdicts.ts';
import { dataLossAnswer, judgeDataLoss } from './data-loss-verdicts.ts';
import { type NotePart, type NoteReport, noteVersion } from './note-report.ts';
import type { NoteOptions } from './note-run.ts';
import { ServerAccess } from './note-server-access.ts';

export interface ControlLossOptions extends NoteOptions, Cut {}

const questions = {
  control: 'What happens to a transfer on the data line when the control line is lost in its middle?',
  data: 'What happens to a session on the control line when the data line is lost in the middle of a transfer?',
} as const;

const faultWords: Readonly<Record<FaultKind, string>> = {
  reset: 'reset: each end gets a RST, as from the killcx of the note',
  fin: 'ended: each end gets a FIN, with no QUIT and no close_notify before it, as from a program that has died',
};

/** Runs both experiments. Rejects with `NoteFailed` where there is none; what was put on the server is removed in any case. */
export async function runControlLoss(options: ControlLossOptions): Promise<NoteReport> {
  const startedAt = new Date();
  const random = randomOfCase(options.seed, 'note control-loss');
  const access = new ServerAccess(options.server.target, random);
  const parts: NotePart[] = [];
  const trials: TrialSeen[] = [];
  let answerEnd = '';
  try {
    for (const direction of options.client.directions ?? (['download', 'upload'] as const)) {
      // What the download has shown is told also by a server that takes no upload.
      if (direction === 'upload' && trials.length > 0 && (await access.scratch()).folder === undefined) {
        answerEnd = ' Nothing may be written there, so that no upload was tried.';
        break;
      }
      options.onStep?.(
        `Test: the client ${direction}s a large file, and loses its ${options.line} line in the middle.`,
      );
      const seen = await new ControlLossTrial(direction, options, random, access).run();
      const part = partOf(seen, options.between?.fault ?? faultWords[options.kind]);
      trials.push(seen);
      parts.push(part);
      options.onPart?.(part);
    }
  } finally {
    await access.clear();
  }
  return {
    schema: `twinline-lab-note/${noteVersion}`,
    note: 'control-loss',
    question: questions[options.line],
    tool: options.tool,
    server: options.server.name,
    client: options.client.name,
    seed: options.seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    setting: settingOf(options),
    parts,
    answer: `${(options.line === 'data' ? dataLossAnswer : answerOf)(options.server.name, trials)}${answerEnd}`,
    repeat: options.repeat,
  };
}

export function settingOf({
  server,
  client,
  kind,
  line,
  between,
}: Pick<ControlLossOptions, 'server' | 'client' | 'kind' | 'line' | 'between'>): string[] {
  const security = { plain: 'in clear', explicit: 'with TLS by AUTH', implicit: 'with TLS from the first byte' };
  return [
    `The server is ${server.name}, ${security[server.target.security]}; the client is ${client.name}.`,
    between !== undefined
      ? between.setting
      : client.takesProxy
        ? 'Both lines pass through a relay of the lab, which sees bytes and the ends of lines and no secret.'
        : 'The control line passes through a relay of the lab; the data line goes straight to the server.',
    `In the middle of the transfer the ${line} line is ${between?.fault ?? faultWords[kind]}.`,
  ];
}

function partOf(seen: TrialSeen, fault: string): NotePart {
  const isData = seen.line === 'data';
  const { verdicts, left } = isData ? judgeDataLoss(seen) : judgeTrial(seen);
  return {
    title: `The client ${seen.direction}s a large file`,
    story: [
      `The client begins to ${seen.direction} ${seen.fileBytes} bytes. ${seen.atFault}`,
      `Then the ${seen.line} line is ${fault}. Nobody touches the ${isData ? 'control' : 'data'} line.`,
    ],
    timeline: seen.timeline,
    droppedEntries: seen.droppedEntries,
    lines: seen.lines,
    ...(seen.packets.length === 0 ? {} : { packets: seen.packets }),
    questions: [],
    left,
    verdicts,
    clauses: clausesOf(seen),
  };
}

function clausesOf({ line, isSecure }: TrialSeen): Clause[] {
  if (line === 'data') return [...lostData, ...(isSecure ? lostDataUnderTls : [])];
  return [fiveCloses, unexpectedClose, ...(isSecure ? [dataIsItsOwn] : [])];
}
