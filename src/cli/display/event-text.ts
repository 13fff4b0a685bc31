/** Events as lines for people; what comes from outside is made safe for terminals. */

import { printable } from '../../protocol/index.ts';
import type { ClientEvent, EventOf } from './client-event.ts';
import { formatBytes, formatCount } from './figures.ts';

/** The name under which a transfer is shown: the local file, or the remote one beside a standard stream. */
export function shownName({ local, remote }: { readonly local: string; readonly remote: string }): string {
  return printable(local === '-' ? remote : local);
}

/** The line of an event, without its line end; undefined where people need none. Errors are told as everywhere. */
export function eventText(event: ClientEvent): string | undefined {
  switch (event.kind) {
    case 'result':
      return event.outcome === 'incomplete' ? undefined : resultText(event);
    case 'retry': {
      const wait = (event.delayMs / 1000).toFixed(1);
      return `${printable(event.message)} Trying again in ${wait} s (${event.attempt} of ${event.tries}).`;
    }
    case 'notice':
      return printable(event.message);
    case 'action':
      return actionText(event);
    case 'summary':
      return summaryText(event);
    default:
      return undefined;
  }
}

/** What was moved, how fast, and with which verdict. */
function resultText(event: EventOf<'result'>): string {
  const { offset, bytes, durationMs, outcome, note, hash } = event;
  const seconds = durationMs / 1000;
  const rate = seconds > 0 ? ` (${formatBytes(bytes / seconds)}/s)` : '';
  const from = offset > 0 ? ` from byte ${offset} on` : '';
  const verdict = note === null ? outcome : `${outcome}: ${printable(note)}`;
  const verified = hash === null ? '' : `, ${printable(hash.algorithm)} agrees`;
  return `${shownName(event)}: ${formatCount(bytes, 'byte')}${from} in ${seconds.toFixed(2)} s${rate}, ${verdict}${verified}`;
}

const actionWords: Readonly<Record<EventOf<'action'>['action'], readonly [done: string, would: string]>> = {
  copy: ['copied', 'would copy'],
  'make-folder': ['made folder', 'would make folder'],
  'remove-file': ['removed', 'would remove'],
  'remove-folder': ['removed folder', 'would remove folder'],
  rename: ['renamed', 'would rename'],
  'set-mode': ['set mode of', 'would set mode of'],
  'set-time': ['set time of', 'would set time of'],
  skip: ['skipped', 'would skip'],
};

function actionText({ action, path, to, mode, why, dryRun }: EventOf<'action'>): string {
  const words = actionWords[action][dryRun === true ? 1 : 0];
  const target = to === undefined ? '' : ` to ${printable(to)}`;
  const bits = mode === undefined ? '' : ` to ${mode.toString(8).padStart(3, '0')}`;
  return `${words} ${printable(path)}${target}${bits}${why === undefined ? '' : `: ${printable(why)}`}`;
}

/** Only where there was more than one transfer. */
function summaryText({ complete, unconfirmed, incomplete, bytes, durationMs }: EventOf<'summary'>): string | undefined {
  const files = complete + unconfirmed + incomplete;
  if (files < 2) return undefined;
  const seconds = durationMs / 1000;
  const rate = seconds > 0 ? ` (${formatBytes(bytes / seconds)}/s)` : '';
  const verdicts = [
    `${complete} complete`,
    ...(unconfirmed > 0 ? [`${unconfirmed} unconfirmed`] : []),
    ...(incomplete > 0 ? [`${incomplete} failed`] : []),
  ];
  return `${formatCount(files, 'file')}, ${formatCount(bytes, 'byte')} in ${seconds.toFixed(2)} s${rate}: ${verdicts.join(', ')}`;
}
