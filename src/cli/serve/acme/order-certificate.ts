/** One order from its beginning to the certificate (RFC 8555 section 7.4). */

import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { X509Certificate } from 'node:crypto';
import { printable } from '../../../protocol/index.ts';
import { AcmeError } from './acme-error.ts';
import { type AcmeSession, jsonOf, retryAtMs, textIn } from './acme-session.ts';
import type { CertificateRequest } from './certificate-request.ts';
import type { AcmeAnswer } from './https-request.ts';

/** Shows what an authority looks for under `http://NAME/.well-known/acme-challenge/TOKEN` (RFC 8555 section 8.3). */
export interface ChallengePlace {
  show(token: string, keyAuthorization: string): Promise<void>;
  hide(token: string): Promise<void>;
}

/** How often and how long an order is looked at while the authority works on it. */
const acmePollMs = 2_000;
const acmeOrderMs = 5 * 60_000;

export interface OrderOptions {
  readonly session: AcmeSession;
  readonly names: readonly string[];
  readonly place: ChallengePlace;
  readonly signal: AbortSignal;
  /** Time between two looks where the authority names none; for tests. */
  readonly pollMs?: number;
}

/** Resolves with the chain, the new certificate first; rejects with `AcmeError`. */
export async function orderCertificate(options: OrderOptions, request: CertificateRequest): Promise<string> {
  const { session, names } = options;
  const identifiers = names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }));
  const begun = await session.post(session.resource('newOrder'), { identifiers });
  const orderUrl = begun.headers.location;
  if (orderUrl === undefined) throw new AcmeError('The authority gave no address of the order.');
  for (const url of textsIn(jsonOf(begun), 'authorizations')) await authorize(options, url);
  const finalizeUrl = textIn(jsonOf(begun), 'finalize');
  if (finalizeUrl === undefined) throw new AcmeError('The order has no address to finish it.');
  const ready = await settled(options, orderUrl, ['pending']);
  if (ready.status === 'ready') await session.post(finalizeUrl, { csr: request.csr.toString('base64url') });
  const done = await settled(options, orderUrl, ['pending', 'ready', 'processing']);
  const certificateUrl = textIn(done.json, 'certificate');
  if (done.status !== 'valid' || certificateUrl === undefined) throw refused(done.json, 'The order failed');
  const { body } = await session.post(certificateUrl, undefined, 'application/pem-certificate-chain');
  return checkChain(body, request);
}

/** Proves to the authority that one name is ours. */
async function authorize(options: OrderOptions, url: string): Promise<void> {
  const { session, place } = options;
  const authorization = jsonOf(await session.post(url));
  if (textIn(authorization, 'status') === 'valid') return;
  const name = textIn(Reflect.get(Object(authorization), 'identifier'), 'value') ?? 'a name';
  const challenge = objectsIn(authorization, 'challenges').find((one) => textIn(one, 'type') === 'http-01');
  const token = textIn(challenge, 'token');
  const challengeUrl = textIn(challenge, 'url');
  if (token === undefined || challengeUrl === undefined || !/^[\w-]+$/.test(token)) {
    throw new AcmeError(`The authority does not offer the challenge http-01 for ${printable(name)}.`);
  }
  await place.show(token, session.key.keyAuthorization(token));
  try {
    await session.post(challengeUrl, {});
    const { status, json } = await settled(options, url, ['pending']);
    if (status === 'valid') return;
    const failed = objectsIn(json, 'challenges').find((one) => Reflect.get(one, 'error') !== undefined);
    throw refused(failed ?? json, `The authority could not check ${printable(name)}`);
  } finally {
    await place.hide(token);
  }
}

/** Looks again until the status is none of `unsettled`. */
async function settled(
  { session, signal, pollMs = acmePollMs }: OrderOptions,
  url: string,
  unsettled: readonly string[],
): Promise<{ readonly status: string; readonly json: unknown }> {
  const endsAt = Date.now() + acmeOrderMs;
  for (;;) {
    const answer: AcmeAnswer = await session.post(url);
    const json = jsonOf(answer);
    const status = textIn(json, 'status') ?? 'without a status';
    if (!unsettled.includes(status)) return { status, json };
    const asked = (retryAtMs(answer) ?? 0) - Date.now();
    const pause = Math.min(Math.max(asked, pollMs), 60_000);
    if (Date.now() + pause > endsAt) throw new AcmeError(`The authority did not settle ${url} in five minutes.`);
    await wait(pause, undefined, { signal }).catch((cause: unknown) => {
      throw new AcmeError('The order was given up because the server stops.', { cause });
    });
  }
}

function checkChain(chain: string, { names, privateKey }: CertificateRequest): string {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(chain);
  } catch (cause) {
    throw new AcmeError('What the authority sent is no certificate.', { cause });
  }
  const missing = names.find((name) =>
    isIP(name) === 0 ? certificate.checkHost(name) === undefined : certificate.checkIP(name) === undefined,
  );
  if (missing !== undefined) throw new AcmeError(`The certificate of the authority lacks the name ${missing}.`);
  if (!certificate.checkPrivateKey(privateKey))
    throw new AcmeError('The certificate of the authority is for another key.');
  return chain;
}

function refused(json: unknown, what: string): AcmeError {
  const error: unknown = Reflect.get(Object(json), 'error');
  const detail = textIn(error, 'detail') ?? 'it gave no reason';
  const problem = textIn(error, 'type')?.replace('urn:ietf:params:acme:error:', '');
  return new AcmeError(`${what}: ${printable(detail)}.`, problem === undefined ? {} : { problem });
}

function objectsIn(json: unknown, name: string): readonly object[] {
  const value: unknown = Reflect.get(Object(json), name);
  return Array.isArray(value) ? value.filter((one): one is object => typeof one === 'object' && one !== null) : [];
}

function textsIn(json: unknown, name: string): readonly string[] {
  const value: unknown = Reflect.get(Object(json), name);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
