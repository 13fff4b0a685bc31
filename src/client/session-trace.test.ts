import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { modes, startPair } from '../../test/fixtures/client-pair.ts';
import { alertOf } from './session-trace.ts';

for (const mode of modes) {
  describe(`the trace of a session (${mode.name})`, () => {
    test('names the phase of every command and of its reply', async () => {
      await using pair = await startPair(mode, { files: { a: Buffer.from('hello') } });
      await pair.client.download('a', { write: () => Promise.resolve() });
      await pair.client.raw('NOOP');
      const phases = pair.trace.flatMap((event) =>
        event.kind === 'command' ? [`${event.text.split(' ')[0]} ${event.phase}`] : [],
      );
      const login = ['USER login', 'PASS login', 'PWD login'];
      const secured = ['AUTH tls', 'USER login', 'PASS login', 'PBSZ login', 'PROT login', 'PWD login'];
      assert.deepEqual(phases, [
        ...(mode === modes[0] ? login : secured),
        'EPSV data-connect',
        'TYPE command',
        'SIZE command',
        'RETR transfer',
        'NOOP command',
      ]);
      const replies = pair.trace.filter((event) => event.kind === 'reply');
      assert.equal(replies[0]?.phase, 'greeting');
      assert.deepEqual(
        replies.filter(({ phase }) => phase === 'transfer').map(({ code }) => code),
        [150, 226],
      );
    });

    test('times every step once for a transfer, and counts sessions', async () => {
      await using pair = await startPair(mode, { files: { a: Buffer.from('hello') } });
      await pair.client.download('a', { write: () => Promise.resolve() });
      const steps = pair.trace.flatMap((event) => (event.kind === 'step' ? [`${event.channel} ${event.step}`] : []));
      const once = ['control connect', 'control login', 'data data-connect', 'data first-byte', 'data transfer'];
      const tls = mode === modes[0] ? [] : ['control tls', 'data tls'];
      assert.deepEqual(steps.toSorted(), [...once, ...tls, 'control final-reply'].toSorted());
      await using other = await startPair(mode);
      const [first, second] = [pair.trace, other.trace].map((trace) => new Set(trace.map(({ session }) => session)));
      assert.deepEqual([first?.size, second?.size], [1, 1]);
      assert.notDeepEqual(first, second);
    });
  });
}

test('an alert is known by the name that OpenSSL gives its error', () => {
  const withCode = (code: string) => Object.assign(new Error('x'), { code });
  assert.equal(alertOf('close-notify', undefined), 'close_notify');
  assert.equal(alertOf('error', withCode('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')), 'certificate_required');
  assert.equal(alertOf('error', withCode('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE')), 'handshake_failure');
  assert.equal(alertOf('reset', withCode('ECONNRESET')), undefined);
  assert.equal(alertOf('fin', undefined), undefined);
});
