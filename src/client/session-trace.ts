/** Stamps what the parts of a session tell with number, time and phase, on its way to the listener. */

import type { TraceListener, TraceNote, TracePhase, TraceSink, TraceStep } from './trace.ts';

const phaseOfVerb: Readonly<Record<string, TracePhase>> = {
  AUTH: 'tls',
  USER: 'login',
  PASS: 'login',
  ACCT: 'login',
  PBSZ: 'login',
  PROT: 'login',
  EPSV: 'data-connect',
  PASV: 'data-connect',
  EPRT: 'data-connect',
  PORT: 'data-connect',
  RETR: 'transfer',
  STOR: 'transfer',
  STOU: 'transfer',
  APPE: 'transfer',
  LIST: 'transfer',
  NLST: 'transfer',
  MLSD: 'transfer',
  ABOR: 'transfer',
  QUIT: 'quit',
};

const phaseOfStep: Readonly<Record<TraceStep, TracePhase>> = {
  dns: 'connect',
  connect: 'connect',
  tls: 'tls',
  login: 'login',
  'data-connect': 'data-connect',
  'first-byte': 'transfer',
  transfer: 'transfer',
  'final-reply': 'transfer',
};

/** The phase that an event belongs to, and the one that the session is in behind it. */
function phasesOf(note: TraceNote, before: TracePhase): readonly [now: TracePhase, next: TracePhase] {
  switch (note.kind) {
    case 'session':
      return ['connect', 'connect'];
    case 'connected':
      return note.channel === 'data' ? ['data-connect', before] : ['connect', 'greeting'];
    case 'unreachable':
      return [note.channel === 'data' ? 'data-connect' : 'connect', before];
    case 'tls':
      return ['tls', before === 'tls' ? 'login' : before];
    case 'step':
      return [phaseOfStep[note.step], note.step === 'login' ? 'command' : before];
    case 'command': {
      const verb = note.text.split(' ', 1)[0]?.toUpperCase() ?? '';
      // PWD closes the login; anywhere else it is a command like others.
      const phase = phaseOfVerb[verb] ?? (before === 'login' ? before : 'command');
      return [phase, phase];
    }
    case 'reply': {
      if (before === 'greeting') return [before, note.code < 200 ? before : 'login'];
      return [before, before === 'transfer' && note.code >= 200 ? 'command' : before];
    }
    default:
      return [before, before];
  }
}

let sessions = 0;

/** A number for the next session of this process. */
export function nextSessionNumber(): number {
  sessions += 1;
  return sessions;
}

/** What stamps for one session (0: for none), and does nothing where nobody listens. */
export function sessionTrace(listener: TraceListener | undefined, session: number): TraceSink {
  if (listener === undefined) return () => undefined;
  let next: TracePhase = session === 0 ? 'command' : 'connect';
  let spokeMs = performance.now();
  return (note) => {
    const nowMs = performance.now();
    let phase: TracePhase;
    [phase, next] = phasesOf(note, next);
    const stamp = { session, timeMs: rounded(nowMs), at: Date.now(), phase };
    if (note.kind === 'reply') listener({ ...note, ...stamp, waitMs: rounded(nowMs - spokeMs) });
    else listener({ ...note, ...stamp });
    if (note.kind === 'reply' || note.kind === 'command' || (note.kind === 'connected' && note.channel === 'control'))
      spokeMs = nowMs;
  };
}

/** Milliseconds to the microsecond: more digits would be noise. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

/** Tells how long a step took that began at `startedMs` of `performance.now()`. */
export function traceStep(sink: TraceSink, channel: 'control' | 'data', step: TraceStep, startedMs: number): void {
  sink({ kind: 'step', channel, step, durationMs: rounded(performance.now() - startedMs) });
}

/** The alert that an ending stands for: close_notify, or the fatal one by which OpenSSL names an error. */
export function alertOf(ending: string, error: (Error & { readonly code?: unknown }) | undefined): string | undefined {
  if (ending === 'close-notify') return 'close_notify';
  const code = typeof error?.code === 'string' ? error.code : '';
  return /^ERR_SSL_(?:TLSV1|TLSV13|SSLV3)_ALERT_(.+)$/.exec(code)?.[1]?.toLowerCase();
}
