/**
 * The names of hidden files beside the files that are being uploaded.
 *
 * `.twinline-up-<user>-<name>-<process>-<random>` is an upload in progress: who uploads what is in its name, so that
 * after a crash a sweep can make it resumable without any other record. `.twinline-part-<user>-<name>` is an interrupted
 * upload; there is one for each user and name. User and name are digests, so that every name fits (NAME_MAX) and no
 * byte of them needs escaping.
 */

import { hash, randomBytes } from 'node:crypto';

import { encodePathText } from '../../protocol/index.ts';
import { hiddenPrefix } from '../path-names.ts';
import { thisProcess } from './process-identity.ts';

const uploadPrefix = `${hiddenPrefix}up-`;
const partPrefix = `${hiddenPrefix}part-`;
const uploadFormat = /^\.twinline-up-([0-9a-f]{32})-([0-9a-f]{32})-([0-9a-z]+\.[0-9a-z]+)-[0-9a-f]{16}$/;
const partFormat = /^\.twinline-part-[0-9a-f]{32}-[0-9a-f]{32}$/;

/** What a hidden name stands for. */
export type HiddenFile =
  | { readonly kind: 'upload'; readonly process: string; readonly partName: string }
  | { readonly kind: 'part' }
  /** Hidden, but nothing that this version makes; it is left alone. */
  | { readonly kind: 'unknown' };

/** Name of the interrupted upload of the file `name` by a user. */
export function partNameOf(user: string, name: string): string {
  return `${partPrefix}${digest(user)}-${digest(name)}`;
}

/** A new name for an upload in progress. */
export function newUploadName(user: string, name: string): string {
  return `${uploadPrefix}${digest(user)}-${digest(name)}-${thisProcess}-${randomBytes(8).toString('hex')}`;
}

/** A new name for taking the interrupted upload `partName` away from everybody else. */
export function uploadNameFor(partName: string): string {
  return `${uploadPrefix}${partName.slice(partPrefix.length)}-${thisProcess}-${randomBytes(8).toString('hex')}`;
}

export function parseHiddenName(name: string): HiddenFile {
  if (partFormat.test(name)) return { kind: 'part' };
  const [, user, file, process] = uploadFormat.exec(name) ?? [];
  if (process === undefined) return { kind: 'unknown' };
  return { kind: 'upload', process, partName: `${partPrefix}${user}-${file}` };
}

/** 128 bits: two names with one digest would let an upload continue another. */
function digest(text: string): string {
  return hash('sha256', encodePathText(text), 'hex').slice(0, 32);
}
