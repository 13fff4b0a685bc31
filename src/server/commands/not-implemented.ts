/** Verbs that FTP knows and this server does not have: 502, where an unknown verb is 500. */

import { notKept, type Requirement } from './requirement.ts';

export interface MissingVerb {
  readonly verbs: readonly string[];
  readonly requirement: Requirement;
}

export const missingVerbs: readonly MissingVerb[] = [
  {
    verbs: ['ADAT', 'MIC', 'CONF', 'ENC'],
    requirement: notKept(
      'RFC 2228 section 3',
      'Protects commands one by one.',
      'TLS protects the control connection as a whole.',
    ),
  },
  {
    verbs: ['LPRT', 'LPSV'],
    requirement: notKept(
      'RFC 1639 section 4',
      'Opens data connections with long addresses.',
      'EPRT and EPSV have taken their place.',
    ),
  },
];
