/** A12: verbs that no document has, and verbs that are known and not implemented. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import { outcomeByCode } from '../../../engine/outcome-by-code.ts';

export const unknownVerb = defineServerCase({
  id: 'rfc959/4.2/unknown-verb',
  row: 'A12a',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 4.2',
  requirement: 'A verb that nobody has is answered by 500.',
  outcomes: {
    unrecognised: { grade: 'pass', says: 'an unknown verb is answered by 500' },
    unimplemented: { grade: 'non-strict', says: 'an unknown verb is answered by 502, which is for known ones' },
    'other-refusal': { grade: 'broken', says: 'an unknown verb is refused by another code than 500' },
    accepted: { grade: 'broken', says: 'an unknown verb is accepted' },
  },
  advice: 'Answer 500 to verbs that the server does not know.',
  async run(lab) {
    const session = await lab.open();
    return outcomeByCode(await session.command('XYZZ'), {
      500: 'unrecognised',
      502: 'unimplemented',
      refusal: 'other-refusal',
      other: 'accepted',
    });
  },
});

export const structureMount = defineServerCase({
  id: 'rfc959/5.4/structure-mount',
  row: 'A12b',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 5.4',
  requirement: 'SMNT is answered by one of the codes that RFC 959 has for it; 502 where it is not implemented.',
  outcomes: {
    unimplemented: { grade: 'pass', says: 'SMNT is answered by 502' },
    superfluous: { grade: 'pass', says: 'SMNT is answered by 202' },
    unrecognised: { grade: 'info', says: 'SMNT is answered by 500, as a verb that the server does not know' },
    implemented: { grade: 'info', says: 'SMNT is implemented' },
    other: { grade: 'broken', says: 'SMNT is answered by a code that RFC 959 does not have for it' },
  },
  advice: 'Answer 502 to commands of RFC 959 that are not implemented.',
  async run(lab) {
    const session = await lab.open();
    return outcomeByCode(await session.command(`SMNT /${lab.random.word(8)}`), {
      502: 'unimplemented',
      202: 'superfluous',
      500: 'unrecognised',
      250: 'implemented',
      501: 'implemented',
      530: 'implemented',
      550: 'implemented',
      other: 'other',
    });
  },
});
