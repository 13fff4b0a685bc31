/** B24: HOST with another name than TLS was begun for. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { outcomeByCode } from '../../../engine/outcome-by-code.ts';

export const hostAndSni = defineServerCase({
  id: 'rfc7151/3.2.2/host-and-sni',
  row: 'B24a',
  area: 'features',
  level: 'SHOULD',
  clause: 'RFC 7151 sections 3.2 and 3.3',
  requirement: 'HOST with a name that nobody has, and that TLS was not begun for, is answered by 504.',
  outcomes: {
    'unknown-host': { grade: 'pass', says: 'a name that nobody has is answered by 504' },
    'any-host': { grade: 'info', says: 'HOST is taken with any name: there is one host for all' },
    unimplemented: { grade: 'unimplemented', says: 'HOST is not implemented' },
    temporary: { grade: 'info', says: 'HOST is answered by 421 or another 4xx' },
    'other-refusal': { grade: 'broken', says: 'HOST with an unknown name is refused by another code than 504' },
    other: { grade: 'broken', says: 'HOST is answered by a code that RFC 7151 does not have for it' },
  },
  advice: 'Answer 504 to HOST with a name that is not one of the server, whatever name TLS was begun for.',
  needs: ['explicit-tls'],
  async run(lab) {
    const session = await lab.greeted();
    await session.secure({ servername: 'one.twinline-lab.invalid' });
    return outcomeByCode(await session.command('HOST other.twinline-lab.invalid'), {
      504: 'unknown-host',
      220: 'any-host',
      421: 'temporary',
      500: 'unimplemented',
      502: 'unimplemented',
      530: 'unimplemented',
      refusal: 'other-refusal',
      other: 'other',
    });
  },
});

export const hostBehindLogin = defineServerCase({
  id: 'rfc7151/3.2/host-behind-login',
  row: 'B24b',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 7151 sections 3.2 and 3.3',
  requirement: 'HOST behind a login is answered by 503.',
  outcomes: {
    'bad-sequence': { grade: 'pass', says: 'HOST behind a login is answered by 503' },
    unimplemented: { grade: 'unimplemented', says: 'HOST is not implemented' },
    'other-refusal': { grade: 'broken', says: 'HOST behind a login is refused by another code than 503' },
    accepted: { grade: 'broken', says: 'HOST behind a login is accepted' },
  },
  advice: 'Answer 503 to HOST once a user has logged in.',
  async run(lab) {
    const session = await lab.open();
    return outcomeByCode(await session.command('HOST twinline-lab.invalid'), {
      503: 'bad-sequence',
      500: 'unimplemented',
      502: 'unimplemented',
      refusal: 'other-refusal',
      other: 'accepted',
    });
  },
});
