import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { noteEvents, hostileEvents, event, user } from '../../../test/fixtures/log-events.ts';
import { parseMetrics } from '../../../test/fixtures/scraped-metrics.ts';
import type { LiveCount } from '../../server/index.ts';
import { createServerMetrics } from './server-metrics.ts';

const make = (live: readonly LiveCount[] = []) =>
  createServerMetrics({ liveCounts: () => live, sinks: () => [], version: '1.2.3', process: false });

describe('the metrics of a server', () => {
  test('count the session of the note', async () => {
    const metrics = await make();
    for (const noted of noteEvents) metrics.take(noted);
    metrics.take(event({ type: 'session-closed', cause: 'control-reset', detail: '', ...user }, noteEvents.at(-1)?.at));
    const numbers = parseMetrics(await metrics.text());
    const cut = 'direction="download",verdict="interrupted",cause="control-reset"';
    assert.equal(numbers.get(`twinline_transfers_total{${cut}}`), 1);
    assert.equal(numbers.get('twinline_transfer_bytes_total{direction="download"}'), 634_880);
    assert.equal(numbers.get('twinline_session_duration_seconds_sum'), 58);
    assert.equal(numbers.get('twinline_commands_total{verb="AUTH"}'), 1);
    assert.equal(numbers.get('twinline_replies_total{code="426"}'), undefined, 'it was not sent');
    assert.equal(numbers.get('twinline_tls_handshakes_total{line="data",protocol="TLSv1.3",resumed="true"}'), 1);
  });

  test('show every cause from the start, so that an alarm has something to watch', async () => {
    const numbers = parseMetrics(await (await make()).text());
    const stalled = 'twinline_transfers_total{direction="upload",verdict="interrupted",cause="stalled"}';
    assert.equal(numbers.get(stalled), 0);
    assert.equal(numbers.get('twinline_logins_total{result="refused",cause="credentials"}'), 0);
    assert.equal(numbers.get('twinline_sessions_closed_total{cause="idle"}'), 0);
  });

  test('count bans and what the system kept from the server', async () => {
    const metrics = await make();
    metrics.take(event({ type: 'banned', network: '192.0.2.1/32', untilMs: undefined, reason: 'guessed passwords' }));
    metrics.take(event({ type: 'accept-failed', error: new Error('EMFILE') }));
    const numbers = parseMetrics(await metrics.text());
    const names = ['twinline_bans_total', 'twinline_accept_failures_total', 'twinline_ban_list_failures_total'];
    assert.deepEqual(
      names.map((name) => numbers.get(name)),
      [1, 1, 0],
    );
  });

  test('look up what lives when they are asked', async () => {
    const live: LiveCount[] = [{ kind: 'timer', owner: 'transfer', count: 3 }];
    const metrics = await make(live);
    const series = 'twinline_live{kind="timer",owner="transfer"}';
    assert.equal(parseMetrics(await metrics.text()).get(series), 3);
    live[0] = { kind: 'timer', owner: 'transfer', count: 0 };
    assert.equal(parseMetrics(await metrics.text()).get(series), 0);
  });

  test('have no line and no label from hostile names', async () => {
    const metrics = await make();
    const before = new Set(parseMetrics(await metrics.text()).keys());
    for (const hostile of hostileEvents) metrics.take(hostile);
    const text = await metrics.text();
    assert.doesNotMatch(text, /eve|forged|Server online|10\.0\.0\.1/);
    const fresh = [...parseMetrics(text).keys()].filter((series) => !before.has(series));
    assert.deepEqual(
      fresh.filter((series) => !series.includes('_duration_seconds_')),
      ['twinline_commands_total{verb="CWD"}', 'twinline_replies_total{code="550"}'],
    );
  });
});
