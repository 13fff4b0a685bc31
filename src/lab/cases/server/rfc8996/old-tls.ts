/** B23: TLS versions that nobody may negotiate any more. */

import type { SecureVersion } from 'node:tls';
import { defineServerCase, type ServerCase } from '../../../engine/lab-case.ts';
import { handshakeFailure } from '../../../server-lab/handshake.ts';

function oldVersionCase(version: SecureVersion, name: string, section: string, row: string): ServerCase {
  return defineServerCase({
    id: `rfc8996/${section}/${name.toLowerCase().replace(' ', '-')}`,
    row,
    area: 'security',
    level: 'MUST',
    clause: `RFC 8996 section ${section}`,
    requirement: `${name} is not negotiated.`,
    outcomes: {
      refused: { grade: 'pass', says: `a client that offers nothing newer than ${name} is refused` },
      negotiated: { grade: 'broken', says: `${name} is negotiated` },
    },
    advice: 'Set the lowest version of TLS to 1.2.',
    needs: ['explicit-tls'],
    async run(lab) {
      const session = await lab.greeted();
      await session.need(234, 'AUTH TLS');
      const options = { minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' };
      const failure = await handshakeFailure(session, options);
      if (failure !== undefined) return { outcome: 'refused', facts: failure };
      return { outcome: 'negotiated', facts: session.control.tls?.getCipher()?.standardName ?? '' };
    },
  });
}

export const tls10 = oldVersionCase('TLSv1', 'TLS 1.0', '4', 'B23a');
export const tls11 = oldVersionCase('TLSv1.1', 'TLS 1.1', '5', 'B23b');
