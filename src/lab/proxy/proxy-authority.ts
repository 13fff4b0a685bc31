/** The authority of a proxy, and the certificate that it shows to clients. */

import { networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import { makeAuthority, makeCertificate, type MadeCertificate } from '../../net/index.ts';

/** Ten years: it is made once, and whoever trusts it has a file of it. */
const authorityDays = 3_650;
/** Longer than any run of a proxy. */
const leafDays = 90;

/** Makes an authority for one person's proxies. Its key signs for any name: it must stay on the machine. */
export function makeProxyAuthority(): Promise<MadeCertificate> {
  return makeAuthority({ commonName: 'Twinline proxy authority, for tests only', days: authorityDays });
}

/** The certificate for clients that reach the proxy by its address, as localhost, or by the name of the server. */
export function makeProxyCertificate(
  authority: MadeCertificate,
  listenHost: string,
  serverHost: string,
): Promise<MadeCertificate> {
  const isAnywhere = listenHost === '0.0.0.0' || listenHost === '::';
  const own = isAnywhere
    ? Object.values(networkInterfaces()).flatMap((faces) => (faces ?? []).map(({ address }) => bare(address)))
    : [bare(listenHost)];
  const names = ['localhost', '127.0.0.1', '::1', ...own, bare(serverHost)];
  return makeCertificate({
    commonName: 'Twinline proxy',
    subjectAltNames: [...new Set(names)].filter((name) => isIP(name) !== 0 || /^[\w.-]+$/.test(name)),
    days: leafDays,
    ca: authority,
  });
}

/** Without the zone of a link-local address. */
function bare(host: string): string {
  return host.replace(/%.*$/s, '');
}
