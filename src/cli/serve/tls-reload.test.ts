import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { X509Certificate } from 'node:crypto';
import type { ServerTlsSettings } from '../../net/index.ts';
import type { ServerEvent } from '../../server/index.ts';
import {
  createTempFolder,
  createTestCertificate,
  type TempFolder,
  type TestCertificate,
  within,
} from '../../testing/index.ts';
import { GivenSettings } from './given-settings.ts';
import { resolveSettings, type ServeSettings } from './settings.ts';
import { TlsReload } from './tls-reload.ts';

/** A reload whose server only notes what it is given. */
class Watched {
  readonly replaced: ServerTlsSettings[] = [];
  readonly refused: string[] = [];
  readonly reload: TlsReload;
  #wake: () => void = () => undefined;

  constructor(settings: ServeSettings) {
    this.reload = new TlsReload({
      settings,
      server: { replaceTlsSettings: (given) => (this.replaced.push(given), this.#wake()) },
      take: (event: ServerEvent) => {
        if (event.type === 'tls-settings-refused') this.refused.push((event.error as Error).message);
        this.#wake();
      },
      lookEveryMs: 10,
      settleMs: 50,
    });
  }

  /** Resolves when the server has been given something new, or has been told that it cannot be used. */
  async next(act: () => Promise<unknown>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await act();
    await within(promise, 'the new certificate');
  }
}

async function writePair(folder: TempFolder, pair: TestCertificate, name = 'a'): Promise<void> {
  await writeFile(folder.join(`${name}.pem`), pair.certificatePem);
  await writeFile(folder.join(`${name}.key`), pair.privateKeyPem);
}

function settingsOf(folder: TempFolder): ServeSettings {
  const options = { cert: [folder.join('a.pem')], key: [folder.join('a.key')], tlsMin: '1.3' };
  return resolveSettings(new GivenSettings(options));
}

describe('the certificate of a running server', () => {
  test('changes when its files change, with everything else that the settings say', async () => {
    await using folder = await createTempFolder();
    const [first, second] = [await createTestCertificate(), await createTestCertificate()];
    await writePair(folder, first);
    const watched = new Watched(settingsOf(folder));
    watched.reload.follow(settingsOf(folder));
    await watched.next(() => writePair(folder, second));
    assert.equal(watched.replaced.at(-1)?.certificatePem, second.certificatePem);
    assert.equal(watched.replaced.at(-1)?.minVersion, 'TLSv1.3');
    await watched.reload.close();
  });

  test('changes when a link is turned to other files', async () => {
    await using folder = await createTempFolder();
    const [first, second] = [await createTestCertificate(), await createTestCertificate()];
    await writePair(folder, first, 'one');
    await writePair(folder, second, 'two');
    for (const kind of ['pem', 'key']) await symlink(folder.join(`one.${kind}`), folder.join(`a.${kind}`));
    const watched = new Watched(settingsOf(folder));
    watched.reload.follow(settingsOf(folder));
    await watched.next(async () => {
      for (const kind of ['pem', 'key']) {
        await symlink(folder.join(`two.${kind}`), folder.join(`new.${kind}`));
        await rename(folder.join(`new.${kind}`), folder.join(`a.${kind}`));
      }
    });
    assert.equal(watched.replaced.at(-1)?.certificatePem, second.certificatePem);
    await watched.reload.close();
  });

  test('stays when the new one cannot be used, and the log says what to do; the next good one counts', async () => {
    await using folder = await createTempFolder();
    const [first, second] = [await createTestCertificate(), await createTestCertificate()];
    await writePair(folder, first);
    const watched = new Watched(settingsOf(folder));
    watched.reload.follow(settingsOf(folder));
    await watched.next(() => writeFile(folder.join('a.pem'), second.certificatePem));
    assert.equal(watched.replaced.length, 0);
    assert.match(
      watched.refused[0] ?? '',
      /private key .*a\.key does not belong to the certificate .*a\.pem: give the key/,
    );
    await watched.next(() => unlink(folder.join('a.key')));
    assert.match(watched.refused[1] ?? '', /private key .*a\.key cannot be read/);
    await watched.next(() => writeFile(folder.join('a.key'), second.privateKeyPem));
    assert.equal(watched.replaced.at(-1)?.certificatePem, second.certificatePem);
    await watched.reload.close();
  });

  test('can be asked for, one time behind another', async () => {
    await using folder = await createTempFolder();
    await writePair(folder, await createTestCertificate());
    const watched = new Watched(settingsOf(folder));
    assert.deepEqual(await Promise.all([watched.reload.reload(), watched.reload.reload()]), [true, true]);
    await writeFile(folder.join('a.pem'), 'x');
    assert.equal(await watched.reload.reload(), false);
    assert.equal(watched.replaced.length, 2);
    await watched.reload.close();
  });

  test('that an authority gives stays through what comes later', async () => {
    await using folder = await createTempFolder();
    const pair = await createTestCertificate({ subjectAltNames: ['ordered.example'] });
    const options = { dataDir: folder.path, acme: ['names=ordered.example', 'agree-terms=true'] };
    const watched = new Watched(resolveSettings(new GivenSettings(options)));
    assert.equal(await watched.reload.present(pair), true);
    assert.equal(await watched.reload.reload(), true);
    for (const { certificatePem } of watched.replaced) {
      assert.equal(new X509Certificate(certificatePem).checkHost('ordered.example'), 'ordered.example');
    }
    assert.equal(watched.replaced.length, 2);
    await watched.reload.close();
  });
});
