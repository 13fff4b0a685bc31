/**
 * The names of hidden files beside the files that are being uploaded.
 *
 * `.twinline-up-<user>-<name>-<process>-<random>-<synced>` is an upload in progress: who uploads what is in its name, so
 * that after a crash a sweep can make it resumable without any other record. `<synced>` is the number of bytes that are
 * known to be on disk: the rest may be anything after a loss of power, zeros within the file's length included.
 * `.twinline-part-<user>-<name>` is an interrupted upload, synced as a whole; there is one for each user and name. User
 * and name are digests, so that every name fits (NAME_MAX) and no byte of them needs escaping.
 */

import { hash, randomBytes } from 'node:crypto';

import { encodePathText } from '../../protocol/index.ts';
import { hiddenPrefix } from '../path-names.ts';
import { thisProcess } from './process-identity.ts';

const uploadPrefix = `${hiddenPrefix}up-`;
const partPrefix = `${hiddenPrefix}part-`;
const uploadFormat =
  /^\.twinline-up-([0-9a-f]{32})-([0-9a-f]{32})-([0-9a-z]+\.[0-9a-z]+\.[0-9a-f]+)-[0-9a-f]{16}-([0-9a-z]{1,11})$/;
const partFormat = /^\.twinline-part-[0-9a-f]{32}-[0-9a-f]{32}$/;

/** What a hidden name stands for. */
export type HiddenFile =
  | {
      readonly kind: 'upload';
      readonly process: string;
      readonly partName: string;
      /** Bytes from the beginning of the file that are known to be on disk. */
      readonly syncedBytes: number;
    }
  | { readonly kind: 'part' }
  /** Hidden, but nothing that this version makes; it is left alone. */
  | { readonly kind: 'unknown' };

/** Name of the interrupted upload of the file `name` by a user. */
export function partNameOf(user: string, name: string): string {
  return `${partPrefix}${digest(user)}-${digest(name)}`;
}

/** A new name for an upload in progress that would be interrupted as `partName`, with nothing of it synced. */
export function newUploadName(partName: string): string {
  return `${uploadPrefix}${partName.slice(partPrefix.length)}-${thisProcess}-${randomBytes(8).toString('hex')}-0`;
}

/** The name of the same upload when that many bytes are known to be on disk. */
export function withSyncedBytes(uploadName: string, syncedBytes: number): string {
  return `${uploadName.slice(0, uploadName.lastIndexOf('-'))}-${syncedBytes.toString(36)}`;
}

export function parseHiddenName(name: string): HiddenFile {
  if (partFormat.test(name)) return { kind: 'part' };
  const [, user, file, process, synced] = uploadFormat.exec(name) ?? [];
  if (process === undefined || synced === undefined) return { kind: 'unknown' };
  const syncedBytes = Number.parseInt(synced, 36);
  return { kind: 'upload', process, partName: `${partPrefix}${user}-${file}`, syncedBytes };
}

/** 128 bits: two names with one digest would let an upload continue another. */
function digest(text: string): string {
  return hash('sha256', encodePathText(text), 'hex').slice(0, 32);
}
