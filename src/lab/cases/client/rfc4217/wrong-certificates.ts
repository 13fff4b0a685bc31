/** B19, D07, N19: certificates that the client must not take, on either connection. */

import {
  createTestCa,
  createTestCertificate,
  type ScriptedSession,
  type TestCertificate,
} from '../../../../peer/index.ts';
import type { ClientLab, RogueOptions } from '../../../client-lab/client-lab.ts';
import { defineNoticingCase } from '../noticing-case.ts';
import { defineRefusingCase } from '../refusing-case.ts';

const control = { area: 'tls', level: 'MUST', clause: 'RFC 4217 section 10.3', task: 'download' } as const;
const advice = 'Verify chain, dates and name of the certificate before USER is sent.';

export const unknownAuthority = defineRefusingCase({
  ...control,
  id: 'rfc4217/10.3/certificate-of-unknown-authority',
  row: 'B19a',
  requirement: 'A certificate of an authority that is not trusted ends the session before USER is sent.',
  advice,
  rogue: async () => ({ certificate: await createTestCertificate({ ca: await createTestCa() }) }),
});

export const wrongName = defineRefusingCase({
  ...control,
  id: 'rfc4217/10.3/certificate-of-another-host',
  row: 'B19b',
  requirement: 'A certificate for another host ends the session before USER is sent.',
  advice,
  rogue: async (lab) => ({
    certificate: await createTestCertificate({
      ca: lab.authority,
      commonName: 'other',
      subjectAltNames: ['other.example'],
    }),
  }),
});

export const expired = defineRefusingCase({
  ...control,
  id: 'rfc4217/10.3/expired-certificate',
  row: 'B19c',
  requirement: 'A certificate that has ended ends the session before USER is sent.',
  advice,
  rogue: async (lab) => ({ certificate: await createTestCertificate({ ca: lab.authority, days: -1 }) }),
});

/** Serves the file over a data line with that certificate. */
function servedWith(lab: ClientLab, certificate: TestCertificate): RogueOptions {
  const content = lab.random.bytes(64 * 1024);
  const retrieve = async (session: ScriptedSession): Promise<void> => {
    await session.reply('150 Here it comes');
    const line = await session.acceptRawData();
    lab.fault('another certificate on the data connection');
    try {
      await session.secureData(line, {}, certificate);
      await line.write(content);
      await session.endData(line);
    } catch {
      line.destroy();
      await session.reply('425 No data connection');
      return;
    }
    await session.reply('226 Done');
  };
  return { content, dataTlsStart: 'on-transfer', commands: { RETR: retrieve } };
}

const data = { area: 'security', clause: 'RFC 4217 section 15.1', task: 'download' } as const;
const dataAdvice = 'Compare the certificate of the data connection with that of the control connection.';

export const otherDataCertificate = defineNoticingCase({
  ...data,
  id: 'rfc4217/15.1/other-certificate-on-data',
  row: 'D07a',
  level: 'SHOULD',
  requirement: 'The data connection shows the certificate of the control connection, not just any that is trusted.',
  advice: dataAdvice,
  believed: 'the client takes data over a connection with another certificate of a trusted authority',
  rogue: async (lab) => servedWith(lab, await createTestCertificate({ ca: lab.authority })),
});

export const untrustedDataCertificate = defineNoticingCase({
  ...data,
  id: 'rfc4217/15.1/untrusted-certificate-on-data',
  row: 'D07b',
  level: 'MUST',
  requirement: 'The certificate of the data connection is verified as that of the control connection is.',
  advice: 'Verify both connections in the same way.',
  believed: 'the client takes data over a connection with a certificate that nobody has signed',
  rogue: async (lab) => servedWith(lab, await createTestCertificate()),
});

export const foreignDataCertificate = defineNoticingCase({
  ...data,
  id: 'rfc4217/15.1/certificate-of-another-host-on-data',
  row: 'N19',
  level: 'SHOULD',
  requirement: 'A certificate that another host owns does not open the data connection in the middle of a session.',
  advice: dataAdvice,
  believed: 'the client takes data over a connection with the certificate of another host',
  rogue: async (lab) =>
    servedWith(lab, await createTestCertificate({ ca: lab.authority, subjectAltNames: ['other.example'] })),
});
