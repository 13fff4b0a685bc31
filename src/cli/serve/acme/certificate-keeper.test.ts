import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AcmeAuthority, type AuthorityScript } from '../../../../test/fixtures/acme-authority.ts';
import type { CertificatePair } from '../../../net/index.ts';
import { CertificateKeeper, renewAtMs } from './certificate-keeper.ts';
import { ChallengeFolder, ChallengePort } from './challenge-places.ts';
import { IdentityFiles } from './identity-file.ts';
import type { ChallengePlace } from './order-certificate.ts';
import type { ExternalAccount } from './signed-message.ts';

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Setting {
  readonly authority: AcmeAuthority;
  readonly files: IdentityFiles;
  readonly folder: string;
  readonly port: number;
  readonly keep: (options?: {
    place?: ChallengePlace;
    names?: string[];
    externalAccount?: ExternalAccount;
  }) => CertificateKeeper;
  /** The next certificate or problem. */
  readonly next: () => Promise<CertificatePair | string>;
}

async function withAuthority(
  script: Partial<AuthorityScript>,
  run: (setting: Setting) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'twinline-acme-'));
  const port = await freePort();
  const authority = await AcmeAuthority.start({ challengePort: () => port, ...script });
  const heard: (CertificatePair | string)[] = [];
  let wake: () => void = () => undefined;
  const hear = (what: CertificatePair | string): void => {
    heard.push(what);
    wake();
  };
  const keepers: CertificateKeeper[] = [];
  const files = new IdentityFiles(folder);
  try {
    await run({
      authority,
      files,
      folder,
      port,
      keep: ({
        place = new ChallengePort({ host: '127.0.0.1', port }),
        names = ['ftp.example.test'],
        externalAccount,
      } = {}) => {
        const facts = { names, contacts: ['ops@example.test'], ...(externalAccount && { externalAccount }) };
        const settings = { directoryUrl: authority.directoryUrl, caPem: authority.ca.certificatePem, ...facts };
        const keeper = new CertificateKeeper({
          settings,
          files,
          place,
          onCertificate: hear,
          onProblem: hear,
          pollMs: 5,
        });
        keepers.push(keeper);
        return keeper;
      },
      next: async () => {
        while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        return heard.shift() as CertificatePair | string;
      },
    });
  } finally {
    for (const keeper of keepers) await keeper.close();
    await authority[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }
}

const asProblem = (heard: CertificatePair | string): string =>
  typeof heard === 'string' ? heard : assert.fail('a certificate came');

const asPair = (heard: CertificatePair | string): CertificatePair => {
  if (typeof heard === 'string') assert.fail(heard);
  return heard;
};

const externalAccount = (byte: number): ExternalAccount => ({
  keyId: 'kid-1',
  hmacKey: Buffer.alloc(32, byte).toString('base64url'),
});

describe('the keeper of an ACME certificate', () => {
  test('gets a certificate for every name through its own port and keeps it for its owner alone', () =>
    withAuthority({}, async ({ authority, files, folder, keep, next }) => {
      const names = ['ftp.example.test', 'files.example.test', '127.0.0.1'];
      keep({ names }).start(undefined);
      const pair = asPair(await next());
      const certificate = new X509Certificate(pair.certificatePem);
      assert.equal(certificate.checkHost('files.example.test'), 'files.example.test');
      assert.ok(certificate.checkPrivateKey(createPrivateKey(pair.privateKeyPem)));
      assert.equal(authority.accounts, 1);
      assert.equal(pair.certificatePem.match(/BEGIN CERTIFICATE/g)?.length, 2, 'the chain is kept whole');
      assert.deepEqual(await files.certificate(names), pair);
      for (const name of await readdir(join(folder, 'acme'))) {
        assert.equal((await stat(join(folder, 'acme', name))).mode & 0o777, 0o600, name);
      }
    }));

  test('closes its port when the challenge is over', () =>
    withAuthority({}, async ({ port, keep, next }) => {
      keep().start(undefined);
      asPair(await next());
      await assert.rejects(fetch(`http://127.0.0.1:${port}/`), /fetch failed/);
    }));

  test('asks again with a fresh nonce when the authority has forgotten one', () =>
    withAuthority({ badNonces: 3 }, async ({ authority, keep, next }) => {
      keep().start(undefined);
      asPair(await next());
      assert.deepEqual(authority.problems, Array<string>(3).fill('badNonce: nonce'));
    }));

  test('keeps one account over many orders, and makes a new key for each certificate', () =>
    withAuthority({}, async ({ authority, keep, next }) => {
      const first = keep();
      first.start(undefined);
      const one = asPair(await next());
      await first.close();
      keep().start(undefined);
      const two = asPair(await next());
      assert.equal(authority.accounts, 1);
      assert.notEqual(one.privateKeyPem, two.privateKeyPem);
    }));

  test('leaves a certificate alone that has its time, and renews one whose time has come', () =>
    withAuthority({}, async ({ authority, files, keep, next }) => {
      const first = keep();
      first.start(undefined);
      const fresh = asPair(await next());
      await first.close();
      const second = keep();
      second.start(await files.certificate(['ftp.example.test']));
      await second.close();
      assert.equal(authority.issued, 1);
      assert.ok(renewAtMs(fresh.certificatePem) > Date.now() + 50 * 24 * 3600_000);

      authority.script.days = 1.2; // it began a day ago, so that two thirds have gone
      const third = keep();
      third.start(undefined);
      asPair(await next());
      await third.close();
      const fourth = keep();
      fourth.start(await files.certificate(['ftp.example.test']));
      asPair(await next());
      assert.ok(authority.issued >= 3);
    }));

  test('orders anew when a name is added', () =>
    withAuthority({}, async ({ files, keep, next }) => {
      keep().start(undefined);
      asPair(await next());
      assert.equal(await files.certificate(['ftp.example.test', 'new.example.test']), undefined);
    }));

  test('shows the challenge below the folder of a web server and takes it away again', () =>
    withAuthority({}, async ({ folder, port, keep, next }) => {
      const webroot = join(folder, 'www');
      const web = createServer((request, response) => {
        readFile(join(webroot, request.url ?? '')).then(
          (body) => response.end(body),
          () => response.writeHead(404).end(),
        );
      });
      await new Promise<void>((resolve) => web.listen(port, '127.0.0.1', resolve));
      try {
        keep({ place: new ChallengeFolder(webroot) }).start(undefined);
        asPair(await next());
        assert.deepEqual(await readdir(join(webroot, '.well-known/acme-challenge')), []);
      } finally {
        await new Promise((resolve) => web.close(resolve));
      }
    }));

  test('binds the account to one that the operator has already', () =>
    withAuthority({ externalHmacKey: Buffer.alloc(32, 7) }, async ({ authority, keep, next }) => {
      keep({ externalAccount: externalAccount(7) }).start(undefined);
      asPair(await next());
      assert.deepEqual(authority.problems, []);
    }));

  test('tells that the key of the external account is wrong', () =>
    withAuthority({ externalHmacKey: Buffer.alloc(32, 7) }, async ({ keep, next }) => {
      keep({ externalAccount: externalAccount(8) }).start(undefined);
      assert.match(asProblem(await next()), /no such external account \(unauthorized\)/);
    }));

  test('says why there is no certificate, and when it tries again', () =>
    withAuthority({ challengePort: () => 1 }, async ({ keep, next }) => {
      keep().start(undefined);
      const problem = asProblem(await next());
      assert.match(
        problem,
        /^No new certificate for ftp\.example\.test: The authority could not check ftp\.example\.test: found .*ECONNREFUSED/,
      );
      assert.match(problem, /The next try is at 20\d\d-/);
    }));

  test('waits as long as the authority asks', () =>
    withAuthority(
      { refuseOrders: { type: 'rateLimited', detail: 'too many orders', retryAfter: String(2 * 24 * 3600) } },
      async ({ keep, next }) => {
        keep().start(undefined);
        const problem = asProblem(await next());
        assert.match(problem, /refused the request: too many orders \(rateLimited\)/);
        const again = Date.parse(/at (\S+)\.$/.exec(problem)?.[1] ?? '');
        assert.ok(again > Date.now() + 47 * 3600_000, problem);
      },
    ));

  test('refuses a certificate that lacks a name it was asked for', () =>
    withAuthority({ wrongName: 'other.example.test' }, async ({ files, keep, next }) => {
      keep().start(undefined);
      assert.match(asProblem(await next()), /lacks the name ftp\.example\.test/);
      assert.equal(await files.certificate(['ftp.example.test']), undefined);
    }));

  test('names what to do when its port is taken', () =>
    withAuthority({}, async ({ port, keep, next }) => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
      try {
        keep().start(undefined);
        assert.match(
          asProblem(await next()),
          /port \d+ \(EADDRINUSE\): free the port, or name the folder .* acme\.webroot/,
        );
      } finally {
        await new Promise((resolve) => other.close(resolve));
      }
    }));

  test('ends in the middle of an order without a word, and takes its challenge away', () =>
    withAuthority({}, async ({ authority, keep }) => {
      const shown = Promise.withResolvers<void>();
      let isHidden = false;
      const place = {
        show: () => Promise.resolve(shown.resolve()),
        hide: () => Promise.resolve(void (isHidden = true)),
      };
      const keeper = keep({ place });
      keeper.start(undefined);
      await shown.promise;
      await keeper.close();
      assert.equal(authority.issued, 0);
      assert.ok(isHidden);
    }));
});
