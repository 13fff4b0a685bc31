/** B19, D07, N19: certificates that the client must not take, on either connection. */

import {
  createTestCa,
  createTestCertificate,
  type Script,
  type ScriptedSession,
  type TestCertificate,
} from '../../../../peer/index.ts';
import type { ClientLab, RogueOptions } from '../../../client-lab/client-lab.ts';
import { defineClientCase } from '../../../engine/lab-case.ts';
import { folderScripts, giveBytes } from '../folder.ts';
import { defineNoticingCase, type Noticing, noticingOutcomes, seenNoticing } from '../noticing-case.ts';
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

export const selfSigned = defineRefusingCase({
  ...control,
  id: 'rfc4217/10.3/self-signed-certificate',
  row: 'B19d',
  requirement: 'A certificate that has signed itself ends the session before USER is sent.',
  advice,
  rogue: async () => ({ certificate: await createTestCertificate() }),
});

/** Gives bytes over a data line with that certificate. */
async function giveUnder(
  lab: ClientLab,
  session: ScriptedSession,
  certificate: TestCertificate,
  bytes: Buffer,
): Promise<void> {
  await session.reply('150 Here it comes');
  const line = await session.acceptRawData();
  lab.fault('another certificate on the data connection');
  try {
    await session.secureData(line, {}, certificate);
    await line.write(bytes);
    await session.endData(line);
  } catch {
    line.destroy();
    await session.reply('425 No data connection');
    return;
  }
  await session.reply('226 Done');
}

/** Serves the file over a data line with that certificate. */
function servedWith(lab: ClientLab, certificate: TestCertificate): RogueOptions {
  const content = lab.random.bytes(64 * 1024);
  const RETR: Script = (session) => giveUnder(lab, session, certificate, content);
  return { content, dataTlsStart: 'on-transfer', commands: { RETR } };
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

export const certificateChangedInSession = defineClientCase<Noticing | 'warns'>({
  ...data,
  id: 'rfc4217/15.1/certificate-changed-in-session',
  row: 'N19b',
  task: 'tree',
  level: 'SHOULD',
  requirement: 'A certificate that changes from one data connection to the next is refused, or at least warned of.',
  outcomes: {
    ...noticingOutcomes,
    warns: { grade: 'pass', says: 'the client goes on and warns of the certificate' },
    believes: { grade: 'broken', says: 'the client takes the second certificate without a word' },
  },
  advice: dataAdvice,
  async run(lab) {
    const other = await createTestCertificate({ ca: lab.authority });
    const content = lab.random.bytes(8 * 1024);
    let number = 0;
    const commands = folderScripts(['one.bin', 'two.bin'], content, async (session, bytes) => {
      number += 1;
      if (number === 1) return giveBytes(session, bytes);
      return giveUnder(lab, session, other, bytes);
    });
    const run = await lab.run({ content, dataTlsStart: 'on-transfer', commands });
    if (number < 2) lab.skip('the client opens fewer than two data connections');
    const seen = seenNoticing(run);
    const isWarned = /certificate/i.test(run.stderr + run.stdout.toString());
    return { ...seen, outcome: seen.outcome === 'believes' && isWarned ? 'warns' : seen.outcome };
  },
});
