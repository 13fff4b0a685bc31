/** B17, B18, N20: TLS is refused on the control connection, or a login is offered without it. */

import type { ClientCase } from '../../../engine/lab-case.ts';
import { defineRefusingCase } from '../refusing-case.ts';

const common = { area: 'tls', level: 'MUST', clause: 'RFC 4217 section 10.3', task: 'download' } as const;
const advice = 'Where TLS is asked for, end the session when it is not to be had, before USER is sent.';

const codes: readonly (readonly [row: string, reply: string])[] = [
  ['B17a', '500 What?'],
  ['B17b', '502 No TLS here'],
  ['B17c', '504 Not that one'],
  ['B17d', '534 Not for you'],
  ['B17e', '421 Not today'],
];

export const authRefused: readonly ClientCase[] = codes.map(([row, reply]) =>
  defineRefusingCase({
    ...common,
    id: `rfc4217/10.3/auth-refused-${reply.slice(0, 3)}`,
    row,
    requirement: `With TLS required, ${reply.slice(0, 3)} as the answer to AUTH ends the session before USER is sent.`,
    advice,
    ...(row === 'B17b' ? { smoke: true } : {}),
    rogue: () => ({ commands: { AUTH: reply } }),
  }),
);

export const authStripped = defineRefusingCase({
  ...common,
  id: 'rfc4217/10.3/auth-stripped',
  row: 'N20',
  area: 'security',
  requirement: 'An attacker who takes AUTH out of FEAT and refuses it gets no login in clear.',
  advice,
  rogue: () => ({ commands: { AUTH: '500 AUTH not understood', FEAT: '211-Features:\n EPSV\n SIZE\n211 End' } }),
});

export const loggedInByGreeting = defineRefusingCase({
  ...common,
  id: 'rfc4217/10.3/logged-in-by-greeting',
  row: 'B18a',
  level: 'MUST',
  requirement: 'A greeting that says 230 is no reason to go on without TLS.',
  advice: 'Send AUTH whatever the greeting says, and end the session where TLS does not come of it.',
  rogue: () => ({ greeting: '230 You are in already', commands: { AUTH: '503 You are in already' } }),
});

export const loggedInByAuth = defineRefusingCase({
  ...common,
  id: 'rfc4217/10.3/logged-in-by-auth',
  row: 'B18b',
  requirement: '230 as the answer to AUTH is not 234: no TLS has begun.',
  advice: 'Begin TLS on 234 (and 334), and end the session at every other answer to AUTH.',
  rogue: () => ({ commands: { AUTH: '230 You are in, no need for that' } }),
});
