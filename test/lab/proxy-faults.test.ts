/** Every fault of the proxy does what its page says, at both ends. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { faultRecords, parseFault } from '../../src/lab/index.ts';
import { within } from '../../src/testing/index.ts';
import { endingOf, fileBytes, throughProxy } from './through-proxy.ts';

const kib = 1024;

/** The faults that a test below shows. */
const shown = new Set<string>();

function shows(fault: string, name: string, work: () => Promise<void>): void {
  shown.add(fault);
  test(`${fault}: ${name}`, work);
}

describe('a fault', { concurrency: 2 }, () => {
  shows('reset', 'the control line is cut when the receiver has exactly so many bytes of data', async () => {
    await using through = await throughProxy(['reset control after 600KiB of data down']);
    const data = await through.retrieve();
    assert.equal(await endingOf(through.client.control), 'reset');
    assert.equal(await endingOf(through.serverControl), 'reset');
    assert.match(through.faults[0] ?? '', /\(data 1: 614400 bytes down passed/);
    // The data line is not the fault's: all of it comes.
    assert.ok((await data.finish()).equals(fileBytes));
  });

  shows('reset', 'what was on its way on the line is lost with it, and no byte behind the place arrives', async () => {
    await using through = await throughProxy(['reset data after 600KiB of data down']);
    const data = await through.retrieve();
    assert.equal(await endingOf(data), 'reset');
    assert.ok(data.receivedBytes <= 600 * kib, `${data.receivedBytes} bytes have arrived`);
    assert.equal(await endingOf(through.serverData), 'reset');
    assert.match(through.faults[0] ?? '', /614400 bytes down passed, \d+ more on the way/);
  });

  shows('reset', 'one end alone hears of it, and the other nothing', async () => {
    await using through = await throughProxy(['reset control to client on NOOP']);
    await through.client.send('NOOP\r\n');
    assert.equal(await endingOf(through.client.control), 'reset');
    assert.equal(through.serverControl.ending.how, 'none');
    assert.ok(!through.server.sessions[0]?.commands.includes('NOOP'), 'the command was not passed on');
  });

  for (const protection of ['plain', 'TLSv1.2', 'TLSv1.3'] as const) {
    shows('fin', `the line ends without close_notify and exactly there (${protection})`, async () => {
      await using through = await throughProxy(['fin data after 600KiB of data down'], { protection });
      const data = await through.retrieve();
      const bytes = await data.readToEnd();
      assert.ok(bytes.equals(fileBytes.subarray(0, 600 * kib)));
      assert.equal(await endingOf(data), 'fin');
      data.destroy();
      through.serverData.resume();
    });

    shows('truncate', `a shorter file ends as a whole one does (${protection})`, async () => {
      await using through = await throughProxy(['truncate data down after 600KiB of data down'], { protection });
      const data = await through.retrieve();
      const bytes = await data.finish();
      assert.ok(bytes.equals(fileBytes.subarray(0, 600 * kib)));
      assert.equal(data.ending.how, protection === 'plain' ? 'fin' : 'close-notify');
      assert.match(await through.client.readReply(), /^226/, 'the server knows of nothing');
    });
  }

  shows('truncate', 'an upload that is cut short is a success to both', async () => {
    await using through = await throughProxy(['truncate data up after 64KiB of data up']);
    const data = await through.store();
    await data.pour([fileBytes]);
    data.closeNotifyThenFin();
    assert.match(await through.client.readReply(), /^226/);
    assert.ok(through.server.uploads.get('up')?.equals(fileBytes.subarray(0, 64 * kib)));
  });

  for (const protection of ['TLSv1.2', 'TLSv1.3'] as const) {
    shows('close-notify-omitted', `all bytes come, and a bare FIN behind them (${protection})`, async () => {
      await using through = await throughProxy(['close-notify-omitted data down'], { protection });
      const data = await through.retrieve();
      assert.ok((await data.readToEnd()).equals(fileBytes));
      assert.equal(await endingOf(data), 'fin');
      data.finWithoutCloseNotify();
      assert.match(await through.client.readReply(), /^226/);
    });
  }

  shows('stall', 'nothing passes until it is over, and then everything in order', async () => {
    await using through = await throughProxy(['stall data down after 600KiB of data down for 400ms']);
    const data = await through.retrieve();
    await data.untilReceived(600 * kib);
    assert.equal(data.receivedBytes, 600 * kib);
    assert.ok((await data.finish()).equals(fileBytes));
    assert.ok(through.events.some((event) => event.kind === 'note' && event.text.endsWith('is over')));
  });

  shows('stall', 'both lines fall silent, and a reset of one end is not heard by the other', async () => {
    await using through = await throughProxy(['stall both after 600KiB of data down']);
    const data = await through.retrieve();
    await data.untilReceived(600 * kib);
    data.reset();
    await through.client.send('NOOP\r\n');
    await assert.rejects(through.client.readReply(200), /Waited/);
    assert.equal(data.receivedBytes, 600 * kib);
    assert.equal(through.serverData.ending.how, 'none');
  });

  shows('latency', 'every byte comes later, and in order', async () => {
    await using through = await throughProxy(['latency 150ms jitter 50ms']);
    const before = performance.now();
    await through.client.expect(200, 'NOOP');
    assert.ok(performance.now() - before >= 300, 'both ways are late');
    const data = await through.retrieve();
    assert.ok((await data.finish()).equals(fileBytes));
  });

  shows('bandwidth', 'a line passes no more than its rate', async () => {
    await using through = await throughProxy(['bandwidth 4MiB/s data down']);
    const before = performance.now();
    const data = await through.retrieve();
    assert.ok((await data.finish()).equals(fileBytes));
    assert.ok(performance.now() - before >= 400, '2 MiB at 4 MiB/s');
  });

  shows('slice', 'replies come in pieces, and are the same', async () => {
    await using through = await throughProxy(['slice 3 bytes'], { protection: 'plain' });
    let pieces = 0;
    through.client.control.raw.on('data', () => (pieces += 1));
    const reply = await through.client.expect(200, 'NOOP');
    assert.ok(pieces > reply.length / 6, `${pieces} pieces`);
  });

  shows('corrupt', 'the file has its size and wrong bytes at the place', async () => {
    await using through = await throughProxy(['corrupt 2 bytes data down after 600KiB of data down']);
    const data = await through.retrieve();
    const bytes = await data.finish();
    const wrong = [...bytes.keys()].filter((at) => bytes[at] !== fileBytes[at]);
    assert.equal(bytes.length, fileBytes.length);
    assert.deepEqual(wrong, [600 * kib, 600 * kib + 1]);
  });

  shows('late-close', 'the 226 comes before the end of the data line', async () => {
    await using through = await throughProxy(['late-close 300ms data down'], {
      server: {
        commands: {
          RETR: async (session) => {
            await session.reply('150 Here it comes');
            const data = await session.acceptData();
            await data.write(fileBytes);
            data.closeNotifyThenFin();
            await session.reply('226 Done');
          },
        },
      },
    });
    const data = await through.retrieve();
    assert.match(await through.client.readReply(), /^226/);
    await data.untilReceived(fileBytes.length);
    assert.equal(data.ending.how, 'none');
    assert.ok((await data.finish()).equals(fileBytes));
    assert.equal(data.ending.how, 'close-notify');
  });

  shows('delay', 'the reply is late, and what is behind it too', async () => {
    await using through = await throughProxy(['delay 200 by 300ms on NOOP']);
    const before = performance.now();
    await through.client.send('NOOP\r\nPWD\r\n');
    assert.match(await through.client.readReply(), /^200/);
    assert.ok(performance.now() - before >= 300);
    assert.match(await through.client.readReply(), /^(?:257|502)/);
  });

  shows('drop', 'the reply never comes, and the next one does', async () => {
    await using through = await throughProxy(['drop 226']);
    const data = await through.retrieve();
    await data.finish();
    await assert.rejects(through.client.readReply(200), /Waited/);
    await through.client.expect(200, 'NOOP');
    const told = through.events.filter(({ kind }) => kind === 'fault');
    assert.deepEqual(
      told.map(({ line }) => line),
      ['control 1'],
    );
  });

  shows('replace', 'another reply comes in its place, lines and all', async () => {
    await using through = await throughProxy(['replace 211 with "502 Not here."'], {
      server: { commands: { FEAT: Buffer.from('211-Extensions:\r\n EPSV\r\n211 End\r\n') } },
    });
    assert.equal(await through.client.command('FEAT'), '502 Not here.');
    assert.match(await through.client.command('FEAT'), /^211/, 'once, as its record has it');
  });

  shows('421', 'the client hears goodbye, and both ends an orderly end', async () => {
    await using through = await throughProxy(['421 "Maintenance." on RETR']);
    const data = await through.open();
    await through.client.send('RETR file\r\n');
    assert.equal(await through.client.readReply(), '421 Maintenance.');
    await within(through.client.control.closeNotified(), 'close_notify for the client');
    await within(through.serverControl.closeNotified(), 'close_notify for the server');
    data.destroy();
  });

  shows('wrong-pasv', 'the 227 names the address of the rule', async () => {
    await using through = await throughProxy(['wrong-pasv 10.0.0.9:2000 times 1']);
    assert.match(await through.client.command('PASV'), /^227 .*\(10,0,0,9,7,208\)/);
    assert.match(await through.client.command('PASV'), /^227 .*\(127,0,0,1,/);
  });

  shows('refuse-epsv', 'EPSV is refused, and the server never hears of it', async () => {
    await using through = await throughProxy(['refuse-epsv']);
    assert.match(await through.client.command('EPSV'), /^500 /);
    assert.ok(!through.server.sessions[0]?.commands.includes('EPSV'));
    assert.match(await through.client.command('PASV'), /^227 /);
  });

  test('has a test here, each of them', () => {
    assert.deepEqual(
      faultRecords.map(({ name }) => name).filter((name) => !shown.has(name)),
      [],
    );
  });
});

describe('the moment of a fault', { concurrency: 2 }, () => {
  test('before a reply: the reply does not come', async () => {
    await using through = await throughProxy(['reset control before 226']);
    const data = await through.retrieve();
    assert.ok((await data.finish()).equals(fileBytes));
    await assert.rejects(through.client.readReply());
    assert.equal(await endingOf(through.client.control), 'reset');
  });

  test('after a reply: the reply has come', async () => {
    await using through = await throughProxy(['fin control after 150']);
    const data = await through.retrieve();
    assert.equal(await endingOf(through.client.control), 'fin');
    data.destroy();
  });

  test('on a command, about a data line that is not open yet: it happens when it opens', async () => {
    await using through = await throughProxy(['truncate data down on PASV']);
    const data = await through.client.openPassive({ verb: 'PASV', tls: true });
    await through.client.expect(150, 'RETR file');
    await data.secured;
    assert.equal((await data.finish()).length, 0);
  });

  test('after a time: counted from the opening of the line', async () => {
    await using through = await throughProxy(['reset data after 100ms']);
    const data = await through.open();
    assert.equal(await endingOf(data), 'reset');
  });

  test('now: a fault that is added while the session runs, and its end when it is removed', async () => {
    await using through = await throughProxy([]);
    const id = through.proxy.addFault(parseFault('stall control'));
    await through.client.send('NOOP\r\n');
    await assert.rejects(through.client.readReply(200), /Waited/);
    assert.equal(through.proxy.removeFault(id), true);
    assert.match(await through.client.readReply(), /^200/);
  });

  test('never, in a blind proxy, where it would need replies', async () => {
    await using through = await throughProxy([], { isBlind: true, protection: 'plain' });
    for (const rule of ['drop 226', 'reset after 150', '421', 'refuse-epsv']) {
      assert.throws(() => through.proxy.addFault(parseFault(rule)), /needs commands and replies/);
    }
  });

  test('on what a blind proxy passes: the record cannot be read', async () => {
    await using through = await throughProxy([], { isBlind: true });
    through.proxy.addFault(parseFault('corrupt 1 byte control down'));
    const broken = once(through.client.control.tls ?? assert.fail('no TLS'), 'error');
    const talk = async (): Promise<void> => {
      while (through.client.control.tlsError === undefined) await through.client.expect(200, 'NOOP');
    };
    talk().catch(() => undefined);
    await within(broken, 'an error of TLS');
    assert.match(String(through.client.control.tlsError), /decryption failed|bad record/i);
  });
});
