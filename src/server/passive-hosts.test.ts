import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { PassiveHosts } from './passive-hosts.ts';

describe('the address that PASV announces', () => {
  test('is that of the control line when nothing is set', async () => {
    assert.equal(await new PassiveHosts().addressFor('10.1.2.3', '10.0.0.1'), '10.0.0.1');
    assert.equal(await new PassiveHosts('same-as-control').addressFor('10.1.2.3', '10.0.0.1'), '10.0.0.1');
  });

  test('is a fixed one', async () => {
    assert.equal(await new PassiveHosts('192.0.2.7').addressFor('10.1.2.3', '10.0.0.1'), '192.0.2.7');
  });

  test('is chosen by the network of the client, first match first', async () => {
    const hosts = new PassiveHosts([
      { clients: '10.1.0.0/16', host: '10.9.9.9' },
      { clients: '10.0.0.0/8', host: 'same-as-control' },
      { clients: '127.0.0.1', host: '127.0.0.2' },
      { clients: '0.0.0.0/0', host: '203.0.113.5' },
    ]);
    assert.equal(await hosts.addressFor('10.1.2.3', '10.0.0.1'), '10.9.9.9');
    assert.equal(await hosts.addressFor('10.2.2.3', '10.0.0.1'), '10.0.0.1');
    assert.equal(await hosts.addressFor('127.0.0.1', '10.0.0.1'), '127.0.0.2');
    assert.equal(await hosts.addressFor('8.8.8.8', '10.0.0.1'), '203.0.113.5');
    assert.equal(await hosts.addressFor('2001:db8::1', '10.0.0.1'), '10.0.0.1');
  });

  test('is found by a DNS name, which is asked for once a minute and outlived by its last answer', async (t) => {
    let asked = 0;
    let answers: (string | undefined)[] = ['192.0.2.1', undefined, '192.0.2.2'];
    const hosts = new PassiveHosts('ftp.example.org', async () => {
      asked += 1;
      const answer = answers.shift();
      if (answer === undefined) throw new Error('ENOTFOUND');
      return answer;
    });
    let now = 1_000_000;
    t.mock.method(performance, 'now', () => now);
    const ask = (): Promise<string> => hosts.addressFor('10.0.0.2', '10.0.0.1');
    assert.equal(await ask(), '192.0.2.1');
    now += 59_999;
    assert.equal(await ask(), '192.0.2.1');
    assert.equal(asked, 1);
    now += 2;
    assert.equal(await ask(), '192.0.2.1');
    assert.equal(asked, 2);
    assert.equal(await ask(), '192.0.2.2');
    answers = [];
    const unknown = new PassiveHosts('nowhere.invalid', () => Promise.reject(new Error('ENOTFOUND')));
    await assert.rejects(unknown.addressFor('10.0.0.2', '10.0.0.1'));
  });

  test('is refused when it is neither an IPv4 address nor a name, and so is a network that is none', () => {
    for (const host of ['', '::1', '1.2.3', '1.2.3.256', 'with space', '-dash', 'a..b', 'x'.repeat(254), 'http://a']) {
      assert.throws(() => new PassiveHosts(host), { code: 'ERR_TWINLINE_CONFIG' }, host);
    }
    for (const clients of ['', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/8/8', '::/129', 'example.org', '10.0.0.0/-1']) {
      assert.throws(() => new PassiveHosts([{ clients, host: '10.0.0.1' }]), { code: 'ERR_TWINLINE_CONFIG' }, clients);
    }
    assert.doesNotThrow(() => new PassiveHosts([{ clients: '2001:db8::/32', host: 'ftp.example.org' }]));
  });
});
