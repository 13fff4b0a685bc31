/** D01, D02, D05, D06 and D07: whose TLS session a data connection may or must resume, and which certificate it shows. */

import type { ConnectionOptions, SecureVersion } from 'node:tls';
import type { WatchedLine } from '../../../../peer/index.ts';
import { defineServerCase, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf, type Reply } from '../../../engine/reply.ts';
import { logInBehindRein } from '../../../server-lab/clear-control.ts';
import type { DataOptions, LabSession } from '../../../server-lab/lab-session.ts';
import { openSecured } from '../../../server-lab/secured-session.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

interface Tried {
  readonly reply: Reply;
  readonly isComplete: boolean;
  readonly isResumed: boolean;
  /** Fingerprint of the server's certificate on the data line, where TLS came to stand. */
  readonly certificate: string | undefined;
  readonly facts: string;
}

function certificateOf(line: WatchedLine): string | undefined {
  return line.tls?.getPeerX509Certificate()?.fingerprint256;
}

/** A download over a data line with these options, however it ends. */
async function download(lab: ServerLab, session: LabSession, options: DataOptions): Promise<Tried> {
  const file = await lab.file(64 * 1024);
  const line = await session.passive(options);
  let reply = await session.command(`RETR ${file.path}`);
  // Node forgets both when the line is closed.
  const tls = await line.secured.then(
    () => ({ isResumed: line.tls?.isSessionReused() === true, certificate: certificateOf(line) }),
    () => undefined,
  );
  let bytes: Buffer = Buffer.alloc(0);
  if (classOf(reply) === 1) {
    bytes = await line.readToEnd(lab.timeouts.replyMs).catch(() => bytes);
    if (tls !== undefined && !line.raw.destroyed) line.closeNotifyThenFin();
    else line.destroy();
    reply = await session.reply();
  }
  return {
    reply,
    isComplete: classOf(reply) === 2 && bytes.equals(file.bytes),
    isResumed: tls?.isResumed === true,
    certificate: tls?.certificate,
    facts: `${tls === undefined ? 'no TLS' : tls.isResumed ? 'resumed' : 'full handshake'}; ${reply.text}`,
  };
}

export const fullHandshakeOnData = defineServerCase({
  id: 'rfc4217/10.2/full-handshake-on-data',
  row: 'D01',
  area: 'tls',
  level: 'SHOULD',
  clause: 'RFC 4217 section 10.2',
  requirement: 'A server that refuses a data connection because it resumes no TLS session says so by 522.',
  outcomes: {
    accepted: { grade: 'info', says: 'data connections with a full handshake are accepted' },
    'refused-by-522': { grade: 'pass', says: 'a data connection with a full handshake is refused by 522' },
    'other-code': {
      grade: 'broken',
      says: 'a data connection with a full handshake is refused by another code than 522',
    },
    'cut-short': { grade: 'fail', says: 'success is reported, and the file has not come' },
  },
  advice: 'Answer 522 with a text that names session reuse.',
  smoke: true,
  needs: ['tls'],
  async run(lab) {
    const { reply, isComplete, facts } = await download(lab, await lab.open(), { reuse: false });
    if (isComplete) return { outcome: 'accepted', facts };
    if (classOf(reply) === 2) return { outcome: 'cut-short', facts };
    return { outcome: reply.code === 522 ? 'refused-by-522' : 'other-code', facts };
  },
});

function resumptionCase(row: string, version: SecureVersion): ServerCase {
  const name = version.replace('TLSv', 'TLS ');
  const tls: ConnectionOptions = { minVersion: version, maxVersion: version };
  return defineServerCase({
    id: `rfc4217/10.2/resumed-data-${version.toLowerCase()}`,
    row,
    area: 'tls',
    level: 'MUST',
    clause: 'RFC 4217 section 10.2',
    requirement: `A data connection that offers the ${name} session of its control connection works.`,
    outcomes: {
      resumed: { grade: 'pass', says: `the data connection resumes the ${name} session of the control connection` },
      full: {
        grade: 'info',
        says: `the data connection works, with a full handshake in spite of the offered ${name} session`,
      },
      refused: {
        grade: 'broken',
        says: `a data connection that offers the ${name} session of its control connection fails`,
      },
    },
    advice: 'Let control and data connections share the session cache or the ticket keys.',
    needs: ['explicit-tls'],
    async run(lab) {
      const session = await openSecured(lab, tls, name);
      const { isComplete, isResumed, facts } = await download(lab, session, { tlsOptions: tls });
      if (!isComplete) return { outcome: 'refused', facts };
      return { outcome: isResumed ? 'resumed' : 'full', facts };
    },
  });
}

export const resumedDataTls12 = resumptionCase('D02a', 'TLSv1.2');
export const resumedDataTls13 = resumptionCase('D02b', 'TLSv1.3');

export const foreignSession = defineServerCase({
  id: 'rfc4217/15.1/data-session-of-another-login',
  row: 'D05',
  area: 'security',
  level: 'SHOULD',
  clause: 'RFC 4217 section 15.1',
  requirement: 'Where resumption proves who opens a data connection, the TLS session of another login is refused.',
  outcomes: {
    refused: { grade: 'pass', says: 'only the TLS session of the same login opens data connections' },
    accepted: { grade: 'broken', says: 'resumption is required, and the TLS session of any other login will do' },
    'not-required': { grade: 'info', says: 'resumption is not required, so it proves nothing' },
  },
  advice: 'Bind tickets and cached sessions to the control connection that they were given on.',
  needs: ['tls'],
  async run(lab) {
    const session = await lab.open();
    const without = await download(lab, session, { reuse: false });
    if (without.isComplete) return { outcome: 'not-required', facts: without.facts };
    const other = await lab.open();
    const foreign = other.control.sessions.at(-1) ?? lab.skip('the server gives no TLS sessions');
    const fresh = await lab.open();
    const { isComplete, facts } = await download(lab, fresh, { reuse: false, tlsOptions: { session: foreign } });
    return { outcome: isComplete ? 'accepted' : 'refused', facts };
  },
});

export const fullHandshakeBehindRein = defineServerCase({
  id: 'rfc4217/13/full-handshake-behind-rein',
  row: 'D06',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 4217 section 13',
  requirement: 'Behind REIN and another login no TLS session from before is asked for: full handshakes are accepted.',
  outcomes: {
    accepted: { grade: 'pass', says: 'behind REIN a data connection with a full handshake is accepted' },
    'as-before': {
      grade: 'info',
      says: 'data connections must resume the TLS session of their control connection, before REIN and behind it',
    },
    refused: {
      grade: 'broken',
      says: 'behind REIN a data connection with a full handshake is refused, and not before',
    },
    'new-session-refused': {
      grade: 'broken',
      says: 'behind REIN a data connection that resumes the new TLS session of the control connection is refused',
    },
  },
  advice: 'Forget at REIN which TLS session the data connections had to resume.',
  needs: ['tls'],
  async run(lab) {
    const session = await lab.open();
    const before = await download(lab, session, { reuse: false });
    await logInBehindRein(lab, session);
    await session.protect();
    await session.need(200, 'TYPE I');
    const behind = await download(lab, session, { reuse: !before.isComplete });
    const facts = `${before.facts}; behind REIN: ${behind.facts}`;
    if (before.isComplete) return { outcome: behind.isComplete ? 'accepted' : 'refused', facts };
    return { outcome: behind.isComplete ? 'as-before' : 'new-session-refused', facts };
  },
});

export const sameCertificate = defineServerCase({
  id: 'rfc4217/15.1.1/same-certificate-on-data',
  row: 'D07',
  area: 'tls',
  level: 'SHOULD',
  clause: 'RFC 4217 section 15.1.1',
  requirement: 'Data connections show the certificate of the control connection.',
  outcomes: {
    same: { grade: 'pass', says: 'both connections show the same certificate' },
    resumed: {
      grade: 'pass',
      says: 'data connections must resume the TLS session, and so show no certificate of their own',
    },
    other: { grade: 'broken', says: 'the data connection shows another certificate' },
  },
  advice: 'Use one certificate for both.',
  needs: ['tls'],
  async run(lab) {
    const session = await lab.open();
    const onControl = certificateOf(session.control);
    const { certificate, isComplete, facts } = await download(lab, session, { reuse: false });
    if (certificate === undefined || (!isComplete && certificate === onControl)) return { outcome: 'resumed', facts };
    return { outcome: certificate === onControl ? 'same' : 'other', facts };
  },
});
