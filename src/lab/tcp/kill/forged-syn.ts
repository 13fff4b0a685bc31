/**
 * The method `forged-syn`, as in the field note: a SYN in the name of one end makes the other answer with an ACK that tells its
 * numbers (the challenge ACK of RFC 5961 section 4.2), and two resets with these numbers end both.
 */

import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { endText, type TcpPacket } from '../wire/tcp-packet.ts';
import type { KillRun } from './kill-run.ts';
import type { TargetEnd } from './kill-target.ts';
import { resetBoth } from './resets.ts';

/** How often the ends are asked. Under traffic the first answer may be out of date when the resets arrive. */
const maxRounds = 5;

/** How long an answer may take, in milliseconds. */
const answerMs = 400;

/** Between two rounds: Linux answers an end once in half a second (`tcp_invalid_ratelimit`), in milliseconds. */
const spacingMs = 600;

/** How long resets may take to have their effect before the next end is asked, in milliseconds. */
const effectMs = 100;

/** An end that is not here and has not answered so often is asked no more. */
const silentRounds = 2;

/** What is known of an end: `silent` counts the questions that it has not answered. */
interface Known {
  readonly end: TargetEnd;
  readonly other: TargetEnd;
  isGone: boolean;
  silent: number;
}

/** True when no end is left that is known of here, and one at least has told that it is gone where none is here. */
export async function forgedSyn(run: KillRun): Promise<boolean> {
  const { near, far } = run.target;
  const ends: readonly Known[] = [
    { end: near, other: far, isGone: false, silent: 0 },
    { end: far, other: near, isGone: false, silent: 0 },
  ];
  for (let round = 0; round < maxRounds; round += 1) {
    if (round > 0) await wait(spacingMs);
    for (const known of ends) {
      lookUp(run, ends);
      if (isToBeAsked(known)) await ask(run, known);
    }
    lookUp(run, ends);
    if (!ends.some(isToBeAsked)) break;
  }
  for (const { end, isGone } of ends) {
    if (!isGone) run.say(`whether ${endText(end.address)} still has the connection is not known: it does not answer`);
  }
  return ends.every(({ end, isGone }) => isGone || end.here === undefined) && ends.some(({ isGone }) => isGone);
}

/** Ends that are here need not be asked whether they are gone. */
function lookUp(run: KillRun, ends: readonly Known[]): void {
  const left = run.endsLeft();
  for (const known of ends) if (known.end.here !== undefined) known.isGone = !left.includes(known.end);
}

function isToBeAsked({ end, isGone, silent }: Known): boolean {
  return !isGone && (end.here !== undefined || silent < silentRounds);
}

async function ask(run: KillRun, known: Known): Promise<void> {
  const { end, other } = known;
  run.watch.clear();
  const question = { flags: new Set(['SYN'] as const), sequence: randomInt(2 ** 32) };
  run.forge(other, end, question, `forged, to make ${endText(end.address)} tell its numbers`);
  const isAnswer = (packet: TcpPacket): boolean => endText(packet.from) === endText(end.address);
  const answer = await run.find(isAnswer, answerMs);
  if (answer === undefined) {
    known.silent += 1;
    run.say(`no answer from ${endText(end.address)}`);
    return;
  }
  if (answer.flags.has('RST')) {
    known.isGone = true;
    run.seen(answer, 'this end has no such connection');
    return;
  }
  if (answer.flags.has('SYN')) {
    known.isGone = true;
    run.seen(answer, 'this end takes it for a new connection: the old one is gone');
    const flags = new Set(['RST'] as const);
    run.forge(other, end, { flags, sequence: answer.acknowledgement }, 'takes the question back');
    return;
  }
  // On a busy line the last packet is the one that is still true.
  let packet = answer;
  for (const later of run.drain()) if (isAnswer(later)) packet = later;
  const isBare = packet.payloadBytes === 0 && packet.flags.size === 1;
  run.seen(packet, isBare ? 'the numbers of both ends (challenge ACK)' : 'the numbers of both ends');
  resetBoth(run, packet);
  await run.isGone(effectMs);
}
