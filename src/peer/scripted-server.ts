/**
 * An FTP server that follows a script: by default it serves a few files as a decent server does, and a test replaces
 * the one behaviour that it is about. It never guesses: what is not scripted answers 502.
 */

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { createTestCertificate, type TestCertificate } from './certificates.ts';
import { LineEndedError } from './line-ending.ts';
import { defaultScripts } from './scripted-defaults.ts';
import { ScriptedSession, type Script } from './scripted-session.ts';
import { type LineObserver, WatchedLine } from './watched-line.ts';

export interface ScriptedServerOptions {
  readonly host?: string;
  /** Made when absent. */
  readonly certificate?: TestCertificate;
  /** Bounds of the TLS version, cipher choice and the like, for both lines. */
  readonly tls?: SecureContextOptions;
  /** TLS from the first byte. */
  readonly implicitTls?: boolean;
  /** Default `220 Scripted server`. */
  readonly greeting?: Script;
  /** What to do for a verb (in upper case), in place of the default. */
  readonly commands?: Readonly<Record<string, Script>>;
  /** Contents for RETR and SIZE by name, as the client writes the name. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** When the server begins TLS on a data line: at once, or when a transfer is asked for (as several servers do). */
  readonly dataTlsStart?: 'on-accept' | 'on-transfer';
  /** Sends every reply byte by byte. Default false. */
  readonly cutsReplies?: boolean;
  /** Gives each line somebody who hears what passes; sessions are counted from 1. */
  readonly observe?: (line: 'control' | 'data', session: number) => LineObserver;
}

export interface ScriptedServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly certificate: TestCertificate;
  /** Every session so far, oldest first. */
  readonly sessions: readonly ScriptedSession[];
  /** What STOR and APPE have brought, by name. */
  readonly uploads: ReadonlyMap<string, Buffer>;
  /** Resolves with the next session that connects. */
  nextSession(): Promise<ScriptedSession>;
  /** Closes every line and listener; rejects with the first failure of a script, if one failed. */
  stop(): Promise<void>;
}

export async function startScriptedServer(options: ScriptedServerOptions = {}): Promise<ScriptedServer> {
  const { host = '127.0.0.1' } = options;
  const certificate = options.certificate ?? (await createTestCertificate());
  const makeContext = (tls: SecureContextOptions, { certificatePem, privateKeyPem } = certificate): SecureContext =>
    createSecureContext({ ...options.tls, ...tls, cert: certificatePem, key: privateKeyPem });
  const secureContext = makeContext({});
  const sessions: ScriptedSession[] = [];
  const uploads = new Map<string, Buffer>();
  const problems: unknown[] = [];
  const running: Promise<void>[] = [];
  const listener = createServer({ allowHalfOpen: true }, (raw) => {
    const number = sessions.length + 1;
    const session = new ScriptedSession(new WatchedLine(raw, options.observe?.('control', number)), {
      host,
      secureContext,
      makeContext,
      uploads,
      files: options.files ?? {},
      dataTlsStart: options.dataTlsStart ?? 'on-accept',
      cutsReplies: options.cutsReplies === true,
      observeData: () => options.observe?.('data', number) ?? {},
    });
    sessions.push(session);
    running.push(serve(session, options).catch((error: unknown) => void problems.push(error)));
    listener.emit('scripted-session', session);
  });
  listener.listen(0, host);
  await once(listener, 'listening');
  const stop = async () => {
    for (const session of sessions) session.close();
    if (listener.listening) {
      listener.close();
      await once(listener, 'close');
    }
    await Promise.all(running);
    if (problems.length > 0) throw problems[0];
  };
  return {
    host,
    port: (listener.address() as AddressInfo).port,
    certificate,
    sessions,
    uploads,
    nextSession: async () => (await once(listener, 'scripted-session'))[0] as ScriptedSession,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Runs the script of one session until its control line ends. */
async function serve(session: ScriptedSession, options: ScriptedServerOptions): Promise<void> {
  try {
    if (options.implicitTls === true) {
      session.protection = 'P';
      await session.upgrade();
    }
    await session.perform(options.greeting ?? '220 Scripted server', '');
    for (;;) {
      const [verb, argument] = await session.nextCommand();
      const script = options.commands?.[verb] ?? defaultScripts[verb] ?? `502 ${verb} is not in the script`;
      await session.perform(script, argument);
    }
  } catch (error) {
    // A client may leave at any time, and a test may be about exactly that.
    if (!isAboutTheEnd(error) && session.control.tlsError === undefined) throw error;
  } finally {
    session.close();
  }
}

/** The line is over: the client has gone, or the script itself has ended it and what was still to be read came behind. */
function isAboutTheEnd(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return error instanceof LineEndedError || code === 'ERR_STREAM_WRITE_AFTER_END' || code === 'ERR_STREAM_DESTROYED';
}
