/** Listings, entry by entry as they arrive: MLSD where the server has it (RFC 3659 section 7), LIST elsewhere. */

import { ReplyError, TwinlineError } from '../../errors/index.ts';
import { onAbort } from '../cancellation.ts';
import { ListingLines } from '../listing-lines.ts';
import { withDataConnection } from '../data-opening.ts';
import { LocalWaits, receivePayload } from '../payload.ts';
import type { Session } from '../session.ts';
import { Handover } from '../handover.ts';
import { runTransfer } from '../transfer.ts';
import { resultOf } from '../transfer-result.ts';
import { judgeDownload } from '../verdict.ts';
import { replyError } from '../replies.ts';
import { enterAndReturn } from './exists.ts';
import { type ListedEntry, type ListingFacts, ListingReader } from './listing-reader.ts';

export type { ListedEntry, ListingFacts } from './listing-reader.ts';

export interface ListOptions {
  readonly signal?: AbortSignal;
  /** Called once, when the listing is known to be whole and before its last entries are given out. */
  readonly onListing?: (facts: ListingFacts) => void;
}

/** How a listing shares the session with what waits for it. */
export interface ListingTurn {
  /** Fires when somebody waits for the session: the rest of the listing is then taken in at once, within its bound. */
  readonly hurried: AbortSignal;
  /** Called when the listing needs the session no more; its taker may still be behind. */
  readonly done: () => void;
}

/**
 * The entries of a folder (the working directory without `path`). The iteration ends only when both lines have said
 * that the listing is whole, and throws otherwise; leaving it early aborts the transfer and keeps the session.
 */
export async function* list(
  session: Session,
  path: string | undefined,
  options: ListOptions = {},
  turn?: ListingTurn,
): AsyncGenerator<ListedEntry, void, undefined> {
  const features = await session.features(options.signal);
  const { knowledge } = session;
  const isListed = features.has('MLST') || features.has('MLSD');
  if (isListed && knowledge.facts.mlsd !== 'absent') {
    let isKnown = true;
    try {
      yield* listWith(session, path, new ListingReader('MLSD'), options, turn);
    } catch (error) {
      // Some servers list it and do not have it; nothing has been shown yet then.
      if (!isUnknownCommand(error)) throw error;
      isKnown = false;
    }
    knowledge.learn({ mlsd: isKnown ? 'works' : 'absent' });
    if (isKnown) return;
  }
  await session.setType('A', options.signal);
  yield* listWith(session, path, new ListingReader('LIST'), options, turn);
}

function isUnknownCommand(error: unknown): boolean {
  return error instanceof ReplyError && (error.replyCode === 500 || error.replyCode === 502);
}

async function* listWith(
  session: Session,
  path: string | undefined,
  reader: ListingReader,
  options: ListOptions,
  turn: ListingTurn | undefined,
): AsyncGenerator<ListedEntry, void, undefined> {
  const entries = new Handover<ListedEntry>();
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  // LIST takes options before the path; a name must not look like one.
  const { verb } = reader;
  const argument = verb === 'LIST' && path?.startsWith('-') === true ? `./${path}` : path;
  const running = transferListing(session, argument, reader, entries, { ...options, signal }).then(
    () => {
      entries.end();
      turn?.done();
    },
    (error: unknown) => {
      entries.fail(error);
      // LIST comes then, and nobody has seen an entry yet.
      if (verb === 'LIST' || !isUnknownCommand(error)) turn?.done();
    },
  );
  const leaveTurn = onAbort(turn?.hurried, () => entries.hurry());
  try {
    yield* entries;
  } finally {
    leaveTurn();
    stop.abort(new TwinlineError('ERR_TWINLINE_ABORTED', 'The listing was left before its end.'));
    entries.close();
    await running;
  }
}

async function transferListing(
  session: Session,
  argument: string | undefined,
  reader: ListingReader,
  entries: Handover<ListedEntry>,
  { signal, onListing }: ListOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const progress = { bytes: 0 };
  const waits = new LocalWaits();
  const lines = new ListingLines(session.options.limits.maxListingBytes);
  const startedMs = performance.now();
  const end = await withDataConnection(session, signal, (data) =>
    runTransfer(session, data, {
      verb: reader.verb,
      argument,
      direction: 'download',
      progress,
      signal,
      report: () => undefined,
      isHeldUpHere: () => waits.any,
      carry: (line, transferScope, moved) => {
        // Chunk by chunk: entries that wait in great numbers outlive collections and make the heap grow.
        const write = async (chunks: readonly Buffer[]): Promise<void> => {
          for (const chunk of chunks) {
            traceBytes(session, chunk);
            await entries.give(reader.read(lines.push([chunk])));
          }
        };
        const sink = { write };
        return receivePayload(line, transferScope, sink, { progress, rateLimit: undefined, waits, moved });
      },
    }),
  );
  const secured = end.tls !== undefined;
  const evidence = { ending: end.ending, secured, confirmed: end.reply !== undefined, bytesHere: progress.bytes };
  const verdict = judgeDownload({ ...evidence, bytesThere: undefined });
  const counts = { offset: 0, bytes: progress.bytes, bytesThere: undefined };
  resultOf(verdict, end, counts, { durationMs: performance.now() - startedMs, modifiedMs: undefined });
  if (reader.verb === 'LIST' && argument !== undefined && progress.bytes === 0)
    await demandFolder(session, argument, signal);
  const last = reader.finish(lines.finish());
  const { facts } = reader;
  session.options.onTrace({ kind: 'listing', channel: 'data', ...facts });
  if (facts.verb === 'LIST' && facts.dialect !== undefined) session.knowledge.learn({ dialect: facts.dialect });
  onListing?.(facts);
  await entries.give(last);
}

/**
 * Throws where CWD refuses the name. Some servers, vsftpd among them, answer LIST with an empty listing and 226 for a folder
 * that is not there or that the user may not enter.
 */
async function demandFolder(session: Session, path: string, signal: AbortSignal): Promise<void> {
  const reply = await enterAndReturn(session, path, signal);
  if (reply.code === 550 || reply.code === 553) throw replyError(`CWD ${path}`, reply);
}

function traceBytes({ options }: Session, chunk: Buffer): void {
  if (!options.traceListings) return;
  options.onTrace({ kind: 'data', channel: 'data', base64: chunk.toString('base64') });
}
