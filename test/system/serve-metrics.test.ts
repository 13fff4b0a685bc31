/** The admin port of `twinline serve`: metrics that count what happens, and a leak budget that comes back to zero. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createTempFolder, ScriptedClient, type TempFolder } from '../../src/testing/index.ts';
import { nonZero, scrape, scrapeUntil } from '../fixtures/scraped-metrics.ts';
import { runTwinline, type ServeProcess, startServe } from '../fixtures/serve-process.ts';

async function serveWithMetrics(
  folder: TempFolder,
  ...args: string[]
): Promise<ServeProcess & { readonly admin: string }> {
  const login = ['--user', 'alice:secret', '--root', '.'];
  const serve = await startServe({ cwd: folder.path, args: [...login, '--metrics', '127.0.0.1:0', ...args] });
  const [, admin = ''] = await serve.waitForLine(/^Metrics are at (http:\S+)\/metrics$/m);
  return Object.assign(serve, { admin });
}

async function session(port: number): Promise<ScriptedClient> {
  const client = await ScriptedClient.connect({ port });
  await client.readReply();
  await client.authTls();
  await client.login('alice', 'secret');
  await client.protect();
  await client.expect(200, 'TYPE I');
  return client;
}

async function upload(client: ScriptedClient, name: string, bytes: number): Promise<void> {
  const data = await client.openPassive({ tls: true });
  await client.expect(150, `STOR ${name}`);
  await data.secured;
  await data.write(Buffer.alloc(bytes, 7));
  data.closeNotifyThenFin();
  assert.match(await client.readReply(), /^226/);
}

async function download(client: ScriptedClient, name: string): Promise<Buffer> {
  const data = await client.openPassive({ tls: true });
  await client.expect(150, `RETR ${name}`);
  const bytes = await data.finish();
  assert.match(await client.readReply(), /^226/);
  return bytes;
}

const atRest = { 'twinline_live{kind="listener",owner="server"}': 2 };

describe('the metrics of twinline serve', () => {
  test('count transfers by cause, and what lives is back to nothing when all clients have gone', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('big'), Buffer.alloc(32 * 1024 * 1024));
    await using serve = await serveWithMetrics(folder);
    assert.deepEqual(nonZero(await scrape(serve.admin), 'twinline_live'), atRest);

    await using whole = await session(serve.port);
    await upload(whole, 'small', 1000);
    assert.equal((await download(whole, 'small')).length, 1000);
    await using cut = await session(serve.port);
    const data = await cut.openPassive({ tls: true });
    await cut.expect(150, 'RETR big');
    await data.secured;
    data.pause();
    const during = nonZero(await scrape(serve.admin), 'twinline_live');
    assert.equal(during['twinline_live{kind="session",owner="server"}'], 2);
    assert.equal(during['twinline_live{kind="socket",owner="session"}'], 2);
    assert.equal(during['twinline_live{kind="socket",owner="data"}'], 1);
    assert.equal(during['twinline_live{kind="transfer",owner="session"}'], 1);
    assert.equal(during['twinline_live{kind="file",owner="storage"}'], 1);
    cut.control.reset();
    await using gone = await ScriptedClient.connect({ port: serve.port });
    await gone.readReply();
    gone.control.reset();
    await whole.expect(221, 'QUIT');

    const after = await scrapeUntil(serve.admin, (scraped) => {
      const living = nonZero(scraped, 'twinline_live');
      return Object.keys(living).length === 1 ? undefined : JSON.stringify(living);
    });
    assert.deepEqual(nonZero(after, 'twinline_live'), atRest);
    const numbers = (metric: string) => nonZero(after, `twinline_${metric}`);
    assert.deepEqual(numbers('transfers_total'), {
      'twinline_transfers_total{direction="upload",verdict="complete",cause="completed"}': 1,
      'twinline_transfers_total{direction="download",verdict="complete",cause="completed"}': 1,
      'twinline_transfers_total{direction="download",verdict="interrupted",cause="control-reset"}': 1,
    });
    assert.equal(after.get('twinline_transfer_bytes_total{direction="upload"}'), 1000);
    assert.equal(after.get('twinline_transfer_duration_seconds_count{direction="upload",verdict="complete"}'), 1);
    assert.equal(after.get('twinline_sessions_opened_total'), 3);
    assert.equal(after.get('twinline_session_duration_seconds_count'), 3);
    assert.equal(after.get('twinline_tls_handshakes_total{line="control",protocol="TLSv1.3",resumed="false"}'), 2);
    assert.equal(after.get('twinline_commands_total{verb="RETR"}'), 2);
    assert.equal(after.get('twinline_replies_total{code="226"}'), 2);
    assert.equal(after.get('twinline_logins_total{result="accepted",cause="accepted"}'), 2);
    assert.ok((after.get('process_resident_memory_bytes') ?? 0) > 1e6);
    assert.ok([...after.keys()].some((series) => /^twinline_build_info\{version="\d/.test(series)));
  });

  test('make no label of what clients write', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveWithMetrics(folder, '--tls', 'optional');
    const before = new Set((await scrape(serve.admin)).keys());
    const hostile = 'mallory"} 1\t{x="';
    await using client = await ScriptedClient.connect({ port: serve.port });
    await client.readReply();
    for (let number = 0; number < 5; number += 1) await client.command(`EVIL${number} mallory`);
    await client.expect(331, `USER ${hostile}`);
    await client.expect(530, 'PASS mallory');
    await client.login('alice', 'secret');
    for (const verb of ['CWD', 'RETR', 'DELE']) await client.command(`${verb} ${hostile}`);
    const after = await scrapeUntil(serve.admin, (scraped) =>
      scraped.get('twinline_commands_total{verb="DELE"}') === 1 ? undefined : 'DELE is not counted',
    );
    assert.equal(after.get('twinline_logins_total{result="refused",cause="credentials"}'), 1);
    assert.equal(after.get('twinline_commands_total{verb="other"}'), 5);
    const fresh = [...after.keys()].filter((series) => !before.has(series));
    assert.deepEqual(
      fresh.filter((series) => /mallory|evil/i.test(series)),
      [],
    );
    const known =
      /^(nodejs_|twinline_(commands_total\{verb="[A-Zo][A-Za-z]*"\}|replies_total\{code="\d{3}"\}|file_operations_total\{operation="[a-z]+",verdict="refused",cause="[a-z-]+"\}|live\{))/;
    assert.deepEqual(
      fresh.filter((series) => !known.test(series)),
      [],
    );
  });

  test('say 503 while the server waits for its last transfers', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('big'), Buffer.alloc(32 * 1024 * 1024));
    await using serve = await serveWithMetrics(folder);
    const status = async (path: string) => (await fetch(serve.admin + path)).status;
    assert.deepEqual(await Promise.all(['/readyz', '/healthz', '/else'].map(status)), [200, 200, 404]);
    await using client = await session(serve.port);
    const data = await client.openPassive({ tls: true });
    await client.expect(150, 'RETR big');
    await data.secured;
    data.pause();
    serve.signal('SIGTERM');
    await serve.waitForLine(/"event":"draining"/);
    assert.deepEqual(await Promise.all(['/readyz', '/healthz', '/metrics'].map(status)), [503, 200, 200]);
    data.resume();
    data.discard();
    assert.deepEqual(await serve.exited, { exitCode: 0, signal: null });
  });

  test('are refused a port that is in use with a sentence that says what to do', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveWithMetrics(folder);
    const taken = serve.admin.replace('http://', '');
    const listen = ['--listen', '127.0.0.1:0', '--metrics', taken];
    const second = await runTwinline(['serve', ...listen], { cwd: folder.path });
    assert.equal(second.exitCode !== 0, true);
    assert.match(second.stderr, /The admin port 127\.0\.0\.1:\d+ is in use by another program; .* choose another/);
    assert.doesNotMatch(second.stderr, /\n\s+at /);
  });
});
