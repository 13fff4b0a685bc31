/** FTP sessions in the table of connections: which data line belongs to which control line, told or inferred, and why. */

import type { SocketAddress } from '../../../net/index.ts';
import { type Connection, plainEnd } from './connections.ts';
import { activeDataPort, controlPorts, isFtpClient, isFtpServer } from './ftp-programs.ts';
import { addressesOf, descriptorIn, hostsOf, type Link, linkKey, linksOf, ownersOf } from './links.ts';
import type { SocketOwner } from './socket-owners.ts';

/** What a program tells of a session of its own. */
export interface DeclaredSession {
  /** `twinline serve, session 17`. */
  readonly by: string;
  readonly pid: number;
  readonly control: { readonly local: SocketAddress; readonly remote: SocketAddress };
  readonly data: readonly { readonly local: SocketAddress; readonly remote: SocketAddress }[];
  /** Ports on which it waits for a data line. */
  readonly passive: readonly SocketAddress[];
}

/** Something of a session, with the reason why it is taken for that. */
export interface Belonging<Thing> {
  readonly thing: Thing;
  /** `told`: a program of the session says so itself. */
  readonly how: 'told' | 'inferred';
  readonly reason: string;
}

export interface FtpSession {
  readonly number: number;
  /** Undefined where data lines are left whose control line is gone. */
  readonly control: Belonging<Link> | undefined;
  readonly data: readonly Belonging<Link>[];
  /** Listeners that wait for a data line. */
  readonly passive: readonly Belonging<Connection>[];
  /** A line that is left alone, and may be either. */
  readonly unknown: readonly Belonging<Link>[];
}

interface Draft {
  control: Belonging<Link> | undefined;
  data: Belonging<Link>[];
  passive: Belonging<Connection>[];
  unknown: Belonging<Link>[];
}

/** Finds the sessions. What a program tells of itself comes first and is never contradicted. */
export function ftpSessions(
  connections: readonly Connection[],
  declared: readonly DeclaredSession[] = [],
): readonly FtpSession[] {
  const links = linksOf(connections);
  const listeners = connections.filter(({ socket }) => socket.state === 'LISTEN');
  const drafts: Draft[] = [];
  const taken = new Set<string>();
  const take = (link: Link): Link => {
    taken.add(link.key);
    return link;
  };
  for (const session of declared) {
    const draft = declaredDraft(session, links, listeners);
    if (draft === undefined) continue;
    for (const { thing } of [...(draft.control === undefined ? [] : [draft.control]), ...draft.data]) take(thing);
    mergeInto(drafts, draft);
  }
  const free = (): readonly Link[] => links.filter(({ key }) => !taken.has(key));
  for (const link of free()) {
    const reason = controlReason(link, links, listeners);
    if (reason === undefined) continue;
    drafts.push({ ...nothing(), control: { thing: take(link), how: 'inferred', reason } });
  }
  for (const link of free()) {
    const found = controlFor(link, drafts, links, listeners);
    if (found === undefined) continue;
    found.draft.data.push({ thing: take(link), how: 'inferred', reason: found.reason });
  }
  for (const draft of byClientProgram(free())) {
    for (const { thing } of [...(draft.control === undefined ? [] : [draft.control]), ...draft.data]) take(thing);
    drafts.push(draft);
  }
  for (const link of free()) {
    const draft = leftAlone(link, links, listeners);
    if (draft !== undefined) drafts.push(draft);
  }
  addPassive(drafts, links, listeners);
  return drafts.map((draft, index) => ({ number: index + 1, ...draft }));
}

function declaredDraft(
  session: DeclaredSession,
  links: readonly Link[],
  listeners: readonly Connection[],
): Draft | undefined {
  const told = <Thing>(thing: Thing): Belonging<Thing> => ({ thing, how: 'told', reason: `${session.by} says so` });
  const find = (line: { readonly local: SocketAddress; readonly remote: SocketAddress }): Link | undefined => {
    const key = linkKey(plainEnd(line.local), plainEnd(line.remote));
    return links.find((link) => link.key === key);
  };
  const control = find(session.control);
  const data = session.data.flatMap((line) => find(line) ?? []);
  if (control === undefined && data.length === 0) return undefined;
  const ports = new Set(session.passive.map(({ port }) => port));
  const passive = listeners.filter(
    ({ local, owners }) => ports.has(local.port) && owners.some(({ pid }) => pid === session.pid),
  );
  return { ...nothing(), control: control && told(control), data: data.map(told), passive: passive.map(told) };
}

function nothing(): Draft {
  return { control: undefined, data: [], passive: [], unknown: [] };
}

/** Server and client of one session may both tell of it. */
function mergeInto(drafts: Draft[], draft: Draft): void {
  const same = drafts.find(({ control }) => control !== undefined && control.thing.key === draft.control?.thing.key);
  if (same === undefined) {
    drafts.push(draft);
    return;
  }
  const known = new Set(same.data.map(({ thing }) => thing.key));
  same.data.push(...draft.data.filter(({ thing }) => !known.has(thing.key)));
  same.passive.push(...draft.passive);
}

/** Why a connection is a control line, seen alone. */
function controlReason(link: Link, links: readonly Link[], listeners: readonly Connection[]): string | undefined {
  const port = addressesOf(link).find((end) => controlPorts.has(end.port))?.port;
  if (port !== undefined) return `port ${port} is that of FTP${port === 990 ? ' over TLS' : ''}`;
  for (const end of link.ends) {
    const listener = listeners.find((other) => acceptsFor(other, end.local));
    const server = listener?.owners.find(({ name }) => isFtpServer(name));
    if (listener === undefined || server === undefined || linesBefore(listener, links).length > 0) continue;
    if (isOfSession(listener, listeners)) continue;
    return `${server.name}/${server.pid} accepts connections on port ${end.local.port}`;
  }
  return undefined;
}

/** A process that a listening server has started for a session: what it listens on itself is for data. */
function isOfSession(listener: Connection, listeners: readonly Connection[]): boolean {
  return listener.owners.some(({ parent, name }) =>
    listeners.some(({ owners }) => owners.some((owner) => owner.pid === parent && owner.name === name)),
  );
}

/**
 * The connections that the process of a listener had accepted elsewhere before it listened: a port for a data line is opened by
 * who has a control line, and that of control lines by who has none yet.
 */
function linesBefore(listener: Connection, links: readonly Link[]): readonly Link[] {
  return listener.owners.flatMap(({ pid, descriptor }) =>
    links.filter(
      (link) =>
        link.ends.some(
          ({ owners, local }) => local.port !== listener.local.port && owners.some((one) => one.pid === pid),
        ) && descriptorIn(link, pid) < descriptor,
    ),
  );
}

function acceptsFor({ local }: Connection, end: SocketAddress): boolean {
  return local.port === end.port && (local.host === end.host || /^(?:0\.0\.0\.0|::)$/.test(local.host));
}

interface Candidate {
  readonly draft: Draft;
  /** The processes that speak for it. */
  readonly owners: readonly SocketOwner[];
  /** One of them has opened the port of the data line. */
  readonly opened: boolean;
  readonly distance: number;
}

/** The session that a connection is a data line of: between the same hosts, of the same processes. */
function controlFor(
  link: Link,
  drafts: readonly Draft[],
  links: readonly Link[],
  listeners: readonly Connection[],
): { readonly draft: Draft; readonly reason: string } | undefined {
  const ports = listeners.filter((listener) => link.ends.some(({ local }) => acceptsFor(listener, local)));
  const candidates = drafts.flatMap((draft): readonly Candidate[] => {
    const control = draft.control?.thing;
    if (control === undefined || hostsOf(control) !== hostsOf(link)) return [];
    const openers = ports.filter((port) => linesBefore(port, links).some(({ key }) => key === control.key));
    const owners =
      openers.length > 0 ? openers.flatMap((port) => port.owners.slice(0, 1)) : sharedOwners(control, link);
    const [owner] = owners;
    if (owner === undefined) return [];
    return [{ draft, owners, opened: openers.length > 0, distance: distance(control, link, owner.pid) }];
  });
  // Who has opened the port knows best; then processes at both ends; then the control line that was opened last before it.
  const rank = ({ opened, owners }: Candidate): number => (opened ? 2 : 0) + owners.length;
  const [best, ...others] = candidates.toSorted(
    (one, other) => rank(other) - rank(one) || one.distance - other.distance,
  );
  if (best === undefined) return undefined;
  const rivals = others.filter((other) => rank(other) === rank(best)).length;
  const doubt = rivals === 0 ? '' : `; ${rivals} other control ${rivals === 1 ? 'line' : 'lines'} could be meant`;
  return { draft: best.draft, reason: `${wordsFor(best)}${doubt}` };
}

function wordsFor({ owners, opened }: Candidate): string {
  const names = owners.map(({ name, pid }) => `${name}/${pid}`).join(' and ');
  if (opened) return `${names} has opened the port beside this control line`;
  return `${names} ${owners.length === 1 ? 'holds' : 'hold'} both, between the same hosts`;
}

/** How long before the data line the control line was opened, by the numbers of descriptors; infinite where it came later. */
function distance(control: Link, data: Link, pid: number): number {
  const before = descriptorIn(data, pid) - descriptorIn(control, pid);
  return before > 0 ? before : Infinity;
}

/** Processes that hold both, one for each end. */
function sharedOwners(control: Link, data: Link): readonly SocketOwner[] {
  const pids = new Set(ownersOf(control).map(({ pid }) => pid));
  return data.ends.flatMap(({ owners }) => owners.find(({ pid }) => pids.has(pid)) ?? []);
}

/**
 * A line of a server to which no control line was found. It is for data where the control lines of that server come to another
 * port; a server that listens no more may have left either.
 */
function leftAlone(link: Link, links: readonly Link[], listeners: readonly Connection[]): Draft | undefined {
  for (const { local, owners } of link.ends) {
    const server = owners.find(({ name }) => isFtpServer(name));
    if (server === undefined) continue;
    const isItsPort = (listener: Connection): boolean =>
      listener.owners.some(({ name }) => name === server.name) &&
      linesBefore(listener, links).length === 0 &&
      !isOfSession(listener, listeners);
    const holds = `${server.name}/${server.pid} holds it, and no control line between these hosts is left`;
    const isData = local.port === activeDataPort || listeners.some(isItsPort);
    const left: Belonging<Link> = {
      thing: link,
      how: 'inferred',
      reason: isData ? holds : `${holds}, if this is none`,
    };
    return { ...nothing(), [isData ? 'data' : 'unknown']: [left] };
  }
  return undefined;
}

/** Two connections of a client to different ports of one host: the first is the control line. */
function byClientProgram(links: readonly Link[]): readonly Draft[] {
  const groups = new Map<string, { readonly owner: SocketOwner; readonly links: Link[] }>();
  for (const link of links) {
    const owner = ownersOf(link).find(({ name }) => isFtpClient(name));
    const end = link.ends.find(({ owners }) => owners.some(({ pid }) => pid === owner?.pid));
    if (owner === undefined || end === undefined) continue;
    const key = `${owner.pid} ${end.remote.host}`;
    const group = groups.get(key) ?? { owner, links: [] };
    group.links.push(link);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ owner, links: group }) => {
    const ports = new Set(group.flatMap((link) => remotePorts(link, owner.pid)));
    const [first, ...rest] = group.toSorted(
      (one, other) => descriptorIn(one, owner.pid) - descriptorIn(other, owner.pid),
    );
    if (first === undefined || rest.length === 0 || ports.size !== group.length) return [];
    const who = `${owner.name}/${owner.pid}`;
    const reason = `${who} opened it first of several to this host`;
    const later = `${who} holds both, between the same hosts, and opened this one later`;
    return [
      {
        ...nothing(),
        control: { thing: first, how: 'inferred', reason },
        data: rest.map((thing) => ({ thing, how: 'inferred', reason: later })),
      },
    ];
  });
}

function remotePorts({ ends }: Link, pid: number): readonly number[] {
  return ends.filter(({ owners }) => owners.some((owner) => owner.pid === pid)).map(({ remote }) => remote.port);
}

/** Listeners that a session has opened for its data line. */
function addPassive(drafts: readonly Draft[], links: readonly Link[], listeners: readonly Connection[]): void {
  const known = new Set(drafts.flatMap(({ passive }) => passive.map(({ thing }) => thing.socket.inode)));
  for (const listener of listeners) {
    const owner = listener.owners.find(({ name }) => isFtpServer(name));
    if (known.has(listener.socket.inode) || owner === undefined) continue;
    const before = new Set(linesBefore(listener, links).map(({ key }) => key));
    const [session, ...others] = drafts.filter(({ control }) => before.has(control?.thing.key ?? ''));
    // One process that serves many does not tell for whom it listens.
    if (session === undefined || others.length > 0) continue;
    const reason = `${owner.name}/${owner.pid} has opened it beside its control line`;
    session.passive.push({ thing: listener, how: 'inferred', reason });
  }
}
