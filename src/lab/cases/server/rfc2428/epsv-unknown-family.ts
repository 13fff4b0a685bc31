/** E06: EPSV with a network protocol that nobody has. */

import { defineServerCase } from '../../../engine/lab-case.ts';

export const epsvUnknownFamily = defineServerCase({
  id: 'rfc2428/3/epsv-unknown-family',
  row: 'E06',
  area: 'addressing',
  level: 'MUST',
  clause: 'RFC 2428 section 3',
  requirement:
    'EPSV with a network protocol that the server does not support is answered by 522 with those that it does.',
  outcomes: {
    refused: { grade: 'pass', says: 'EPSV 3 is answered by 522 with a list of protocols' },
    'no-list': { grade: 'broken', says: '522 comes without the list of protocols in parentheses' },
    'other-code': { grade: 'broken', says: 'EPSV 3 is refused with another code than 522' },
    accepted: { grade: 'broken', says: 'EPSV 3 is accepted' },
  },
  advice:
    'Answer 522 with the supported protocols in parentheses, as in "522 Network protocol not supported, use (1,2)".',
  smoke: true,
  async run(lab) {
    const session = await lab.open();
    const reply = await session.implemented('EPSV 3');
    const facts = reply.text;
    if (reply.code === 229) return { outcome: 'accepted', facts };
    if (reply.code !== 522) return { outcome: 'other-code', facts };
    return { outcome: /\(\d+(?:,\d+)*\)/.test(reply.text) ? 'refused' : 'no-list', facts };
  },
});
