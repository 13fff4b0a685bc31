/** What the standards say about situations that puzzle people, for `-vv`: one record for each. */

import type { TraceEvent } from '../../client/index.ts';

export interface ClauseHint {
  /** `RFC 2428 section 3`. */
  readonly clause: string;
  readonly says: string;
}

interface ReplyHint extends ClauseHint {
  /** The command that was answered; any where it is left out. */
  readonly verbs?: readonly string[];
  readonly codes: readonly number[];
}

const transferVerbs = ['RETR', 'STOR', 'STOU', 'APPE', 'LIST', 'NLST', 'MLSD'];

/** The first that fits is shown. */
export const replyHints: readonly ReplyHint[] = [
  {
    verbs: ['AUTH'],
    codes: [500, 502],
    clause: 'RFC 2228 section 3',
    says: '500 and 502 to AUTH mean a server without the security extensions, so without TLS on this port',
  },
  {
    verbs: ['AUTH'],
    codes: [504, 534, 431],
    clause: 'RFC 2228 section 3',
    says: '504 is a mechanism that the server does not know, 534 one that it does not want, 431 one that it lacks something for',
  },
  {
    verbs: ['AUTH'],
    codes: [334],
    clause: 'RFC 4217 section 4.2',
    says: 'TLS has no security data to exchange here: the answer is 234, and 334 is a mistake of the server',
  },
  {
    verbs: ['PROT'],
    codes: [503],
    clause: 'RFC 4217 section 9',
    says: 'PROT stands behind PBSZ, and PBSZ behind the TLS handshake; 503 says that the order was another one',
  },
  {
    verbs: ['PROT'],
    codes: [431, 504, 534, 536],
    clause: 'RFC 2228 section 3',
    says: 'the server will not protect data at this level: 504 not known, 536 not supported, 534 not wanted, 431 not now',
  },
  {
    verbs: ['USER', 'PASS'],
    codes: [332],
    clause: 'RFC 959 section 4.1.1',
    says: '332 asks for an account besides user and password (ACCT)',
  },
  {
    verbs: ['USER', 'PASS'],
    codes: [530, 534],
    clause: 'RFC 4217 section 4.2',
    says: 'a server cannot demand TLS in any other way than by refusing commands until the session is secured',
  },
  {
    verbs: ['EPSV'],
    codes: [522],
    clause: 'RFC 2428 section 3',
    says: '522 means that the server does not have the network protocol that was asked for',
  },
  {
    verbs: ['EPSV'],
    codes: [227],
    clause: 'RFC 2428 section 3',
    says: 'the answer to EPSV is 229 with the port alone, never 227',
  },
  {
    verbs: ['EPSV'],
    codes: [500, 501, 502, 504, 425],
    clause: 'RFC 2428 section 4',
    says: 'EPSV is for either address family; a server without it is older than 1998, or a middle box has answered',
  },
  {
    verbs: ['FEAT'],
    codes: [500, 502],
    clause: 'RFC 2389 section 3.2',
    says: 'the server has no FEAT; that tells nothing of what else it has',
  },
  {
    verbs: ['SIZE'],
    codes: [550],
    clause: 'RFC 3659 section 4.2',
    says: '550 to SIZE does not mean that the file cannot be transferred',
  },
  {
    verbs: ['REST'],
    codes: [500, 501, 502, 504],
    clause: 'RFC 3659 section 5.3',
    says: 'REST is refused only where it is not implemented or its argument is no number; the range is checked by the transfer',
  },
  {
    verbs: ['MLSD'],
    codes: [501],
    clause: 'RFC 3659 section 7.2.1',
    says: '501 to MLSD: the path is there and no directory',
  },
  {
    verbs: ['MLSD', 'MLST'],
    codes: [550],
    clause: 'RFC 3659 section 7.2.1',
    says: '550: there is no such path, or no right to see it',
  },
  {
    verbs: transferVerbs,
    codes: [521],
    clause: 'RFC 4217 section 10.2',
    says: '521: data connections are not opened with this setting of PROT',
  },
  {
    verbs: transferVerbs,
    codes: [522],
    clause: 'RFC 4217 section 10.2',
    says: '522: the server did not like the TLS of the data connection; it may insist on a resumed session',
  },
  {
    codes: [425],
    clause: 'RFC 959 section 4.2',
    says: '425: the data connection could not be opened; the control connection is not to blame',
  },
  {
    codes: [426],
    clause: 'RFC 959 section 4.2',
    says: '426: the data connection was closed and the transfer aborted',
  },
  {
    codes: [421],
    clause: 'RFC 959 section 4.2',
    says: '421 may answer any command: the server closes the control connection',
  },
];

/** Finds hints; one finder follows the events of all sessions. */
export function clauseHintFinder(): (event: TraceEvent) => ClauseHint | undefined {
  const verbs = new Map<number, string>();
  const secured = new Set<number>();
  return (event) => {
    if (event.kind === 'command') verbs.set(event.session, event.text.split(' ', 1)[0]?.toUpperCase() ?? '');
    if (event.kind === 'tls') secured.add(event.session);
    if (event.kind === 'reply') return hintForReply(event.code, verbs.get(event.session) ?? '');
    const isCut = event.kind === 'ended' && event.ending === 'fin' && secured.has(event.session);
    return isCut ? truncation : undefined;
  };
}

const truncation: ClauseHint = {
  clause: 'RFC 8446 section 6.1',
  says: 'the line ended without close_notify, as one does that somebody has cut',
};

function hintForReply(code: number, verb: string): ClauseHint | undefined {
  return replyHints.find(
    (hint) => hint.codes.includes(code) && (hint.verbs === undefined || hint.verbs.includes(verb)),
  );
}
