/** Our own client as an end of a note. */

import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from '../../../client/index.ts';
import type { ClientJob, ClientOutcome, NoteClient } from '../../../lab/index.ts';
import { dialogueLines } from '../../trace/dialogue.ts';

export const ownClient: NoteClient = { name: "Twinline's client", takesProxy: true, run };

async function run(job: ClientJob): Promise<ClientOutcome> {
  const { target, signal, keylogFile } = job;
  try {
    const caPem = job.caFile === undefined ? undefined : await readFile(job.caFile, 'utf8');
    const client = await connect({
      host: target.host,
      port: target.port,
      security: target.security,
      user: target.user,
      password: target.password,
      tls: caPem === undefined ? { insecure: true } : { caPem },
      ...(job.proxyUrl === undefined ? {} : { proxy: job.proxyUrl }),
      ...(keylogFile === undefined ? {} : { onKeylog: (line) => appendFileSync(keylogFile, `${line}\n`) }),
      retry: { tries: 0 },
      signal,
      onTrace: (event) => {
        for (const line of dialogueLines(event)) job.say(line);
      },
    });
    try {
      const result =
        job.direction === 'download'
          ? await client.downloadFile(job.remote, job.local, { signal, sync: false })
          : await client.uploadFile(job.local, job.remote, { signal });
      return { claimsSuccess: true, endedByItself: !signal.aborted, says: `${result.outcome}, ${result.bytes} bytes` };
    } finally {
      await client.quit();
    }
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    job.say(`* ${says}`);
    return { claimsSuccess: false, endedByItself: !signal.aborted, says };
  }
}
