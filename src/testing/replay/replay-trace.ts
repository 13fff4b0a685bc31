/** Makes a server of a trace: whoever meets it with the client that wrote the trace comes to the same end. */

import {
  defaultScripts,
  type Script,
  type ScriptedServer,
  type ScriptedServerOptions,
  type ScriptedSession,
  startScriptedServer,
} from '../../peer/index.ts';
import { type RecordedSession, recordedSessions } from './recorded-session.ts';
import { ReplaySession } from './replay-session.ts';
import { readTraceFile } from './trace-file.ts';

export type ReplayOptions = Pick<ScriptedServerOptions, 'host' | 'certificate'>;

export interface TraceReplay extends ScriptedServer {
  /** What the trace holds, session by session; a client that connects once more gets the last one again. */
  readonly recorded: readonly RecordedSession[];
  /** Where the client has not done what the trace has, in words; empty when it followed the trace. */
  readonly departures: readonly string[];
}

/**
 * Starts a server that answers as that of the trace did: the same replies, the same handshakes done or not, as many bytes
 * on each data line, and the same ends of both lines. Files are made of bytes without meaning, and so are listings unless
 * the trace was written with `traceListings`. Its certificate is one of its own. Rejects where the file is no trace.
 */
export async function replayTrace(path: string, options: ReplayOptions = {}): Promise<TraceReplay> {
  const recorded = recordedSessions(await readTraceFile(path));
  const [first] = recorded;
  if (first === undefined) throw new Error(`${path}: no session of this trace has reached its server.`);
  const departures: string[] = [];
  const server = await startScriptedServer({
    ...options,
    ...scriptsOf(recorded, departures),
    implicitTls: first.security === 'implicit',
    tls: versionsOf(first),
  });
  return { ...server, recorded, departures };
}

function versionsOf({ protocol }: RecordedSession): NonNullable<ScriptedServerOptions['tls']> {
  return protocol === 'TLSv1.2' || protocol === 'TLSv1.3' ? { minVersion: protocol, maxVersion: protocol } : {};
}

/** Every verb of the trace, and every verb that a scripted server knows by itself, is answered by the record. */
function scriptsOf(
  recorded: readonly RecordedSession[],
  departures: string[],
): Pick<ScriptedServerOptions, 'greeting' | 'commands'> {
  const playing = new WeakMap<ScriptedSession, ReplaySession>();
  let begun = 0;
  const greeting: Script = (session) => {
    const record = recorded[Math.min(begun, recorded.length - 1)] ?? {
      security: 'plain',
      protocol: undefined,
      exchanges: [],
    };
    begun += 1;
    const number = begun;
    const replay = new ReplaySession(session, record, (what) => departures.push(`session ${number}: ${what}`));
    playing.set(session, replay);
    return replay.greet();
  };
  const verbs = new Set(recorded.flatMap(({ exchanges }) => exchanges.map(({ verb }) => verb)));
  for (const verb of Object.keys(defaultScripts)) verbs.add(verb);
  const commands = Object.fromEntries(
    [...verbs].map((verb): [string, Script] => [
      verb,
      (session, argument) => playing.get(session)?.answer(verb, argument),
    ]),
  );
  return { greeting, commands };
}
