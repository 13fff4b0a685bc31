/** What a server that requires TLS lets through in clear and without private data; PBSZ and PROT; rights before and after login. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { startServer } from '../fixtures/start-server.ts';

/** Every verb of FTP that some server knows, and words that none does. */
const verbs = [
  ...['USER user', 'PASS pass', 'ACCT a', 'CWD /', 'CDUP', 'SMNT /', 'REIN', 'PORT 127,0,0,1,200,200', 'PASV'],
  ...['TYPE I', 'STRU F', 'MODE S', 'RETR a', 'STOR a', 'STOU', 'APPE a', 'ALLO 1', 'REST 0', 'RNFR a', 'RNTO b'],
  ...['ABOR', 'DELE a', 'RMD a', 'MKD a', 'PWD', 'LIST', 'NLST', 'SITE HELP', 'STAT', 'STAT /'],
  ...['XCWD /', 'XCUP', 'XMKD a', 'XPWD', 'XRMD a', 'EPRT |1|127.0.0.1|2000|', 'EPSV', 'EPSV ALL', 'MLSD', 'MLST'],
  ...['SIZE a', 'MDTM a', 'MFMT 20200101000000 a', 'PROT P'],
];
const openInClear = ['FEAT', 'HELP', 'NOOP', 'SYST', 'OPTS UTF8 ON', 'QUIT'];

describe('required TLS, in clear', () => {
  test('refuses every verb with 530 that says AUTH TLS first, and does nothing', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('old'));
    await using client = await server.connect();
    for (const command of verbs) {
      const reply = await client.command(command);
      // A verb that this server does not have may say so.
      if (!reply.startsWith('502 ')) assert.match(reply, /^530 .*use AUTH TLS first/, command);
    }
    assert.deepEqual(server.eventsOf('login'), []);
    assert.equal((await server.read('/a'))?.toString(), 'old');
    assert.equal(server.server.counts().listener, 2);
  });

  test('says of PBSZ and CCC in clear what RFC 2228 has for them', async () => {
    await using server = await startServer();
    await using client = await server.connect();
    await client.expect(503, 'PBSZ 0');
    await client.expect(533, 'CCC');
  });

  test('lets through what leads to TLS or harms nobody', async () => {
    await using server = await startServer();
    for (const command of openInClear) {
      await using client = await server.connect();
      assert.match(await client.command(command), /^2\d\d[ -]/, command);
    }
    await using client = await server.connect();
    for (const command of ['CLNT x', 'HOST localhost'])
      assert.match(await client.command(command), /^(2|502)/, command);
    assert.match(await client.command('AUTH TLS'), /^234 /);
  });

  test('takes no CCC before login', async () => {
    await using server = await startServer({ ccc: true });
    await using client = await server.connect();
    await client.authTls();
    await client.expect(530, 'CCC');
  });

  test('refuses every verb that needs it before login under TLS, too', async () => {
    await using server = await startServer();
    await using client = await server.connect();
    await client.authTls();
    const open = /^(USER|PASS|PBSZ|PROT|STAT$|REIN|ACCT|CCC)/;
    for (const command of verbs.filter((verb) => !open.test(verb))) {
      const reply = await client.command(command);
      if (!reply.startsWith('502 ')) assert.match(reply, /^530 /, command);
    }
    assert.match(await client.command('STAT /'), /^530 /);
  });

  test('refuses transfers without PROT P with 521, and no opener: PROT counts behind it too', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('old'));
    await using client = await server.connect();
    await client.authTls();
    await client.login('user', 'pass');
    const openers = ['', 'PORT 127,0,0,1,200,200', 'EPRT |1|127.0.0.1|51400|', 'PASV', 'EPSV'];
    const refuseAll = async (): Promise<void> => {
      for (const opener of openers) {
        if (opener !== '') await client.expect(2, opener);
        for (const transfer of ['RETR a', 'STOR a', 'STOU', 'APPE a', 'LIST', 'NLST', 'MLSD']) {
          assert.match(await client.command(transfer), /^521 /, `${transfer} behind ${opener}`);
        }
      }
    };
    await refuseAll();
    await client.expect(200, 'PBSZ 0');
    await refuseAll();
    assert.match(await client.command('PROT C'), /^534 /);
    await refuseAll();
    const port = Number(/\|\|\|(\d+)\|/.exec(await client.expect(229, 'EPSV'))?.[1]);
    assert.match(await client.command('RETR a'), /^521 /);
    await client.expect(200, 'PROT P');
    assert.match(await client.command('PROT C'), /^534 /);
    const line = await client.connectData(port);
    await line.startTls({ session: client.control.sessions.at(-1) });
    await client.expect(150, 'RETR a');
    assert.equal((await line.finish()).toString(), 'old');
    assert.match(await client.readReply(), /^226 /);
  });
});

describe('PBSZ and PROT', () => {
  test('need TLS', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.session({ protection: 'plain' });
    assert.match(await client.command('PBSZ 0'), /^503 /);
    assert.match(await client.command('PROT P'), /^503 /);
    assert.match(await client.command('PROT C'), /^503 /);
  });

  test('PROT needs PBSZ; PBSZ takes 0 to 2^32-1 and answers PBSZ=0', async () => {
    await using server = await startServer();
    await using client = await server.connect();
    await client.authTls();
    assert.match(await client.command('PROT P'), /^503 /);
    for (const wrong of ['', ' ', ' -1', ' 4294967296', ' x', ' 0x10', ' 1 2']) {
      assert.match(await client.command(`PBSZ${wrong}`), /^501 /, `PBSZ${wrong}`);
    }
    assert.match(await client.command('PROT P'), /^503 /);
    for (const right of ['0', '1', '16384', '4294967295']) {
      assert.equal(await client.command(`PBSZ ${right}`), '200 PBSZ=0');
    }
    assert.equal(await client.command('PROT P'), '200 Protection level set to P');
  });

  test('PROT: C and P 200, S and E 536, anything else 504', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.connect();
    await client.authTls();
    await client.expect(200, 'PBSZ 0');
    const replies: [string, RegExp][] = [
      ['PROT C', /^200 Protection level set to C$/],
      ['PROT p', /^200 Protection level set to P$/],
      ['PROT S', /^536 /],
      ['PROT E', /^536 /],
      ['PROT X', /^504 /],
      ['PROT PP', /^504 /],
      ['PROT', /^501 /],
    ];
    for (const [command, reply] of replies) assert.match(await client.command(command), reply, command);
  });

  test('PBSZ again keeps the level of protection', async () => {
    await using server = await startServer();
    await using client = await server.session();
    await client.expect(200, 'PBSZ 0');
    assert.match(await client.command('EPSV'), /^229 /);
  });

  for (const level of ['P', 'C'] as const) {
    test(`PROT ${level} between EPSV and the connection counts for the transfer`, async () => {
      await using server = await startServer({ tls: 'optional' });
      await server.write('/a', Buffer.from('old'));
      await using client = await server.session();
      await client.expect(200, `PROT ${level === 'P' ? 'C' : 'P'}`);
      const port = Number(/\|\|\|(\d+)\|/.exec(await client.expect(229, 'EPSV'))?.[1]);
      await client.expect(200, `PROT ${level}`);
      const line = await client.connectData(port, { tls: level === 'P' });
      await client.expect(150, 'RETR a');
      assert.equal((await line.finish()).toString(), 'old');
      assert.match(await client.readReply(), /^226 /);
    });
  }

  for (const from of ['C', 'P'] as const) {
    test(`PROT changed from ${from} behind the data connection drops the data connection and 425 asks for a new one`, async () => {
      await using server = await startServer({ tls: 'optional' });
      await server.write('/a', Buffer.from('old'));
      await using client = await server.session();
      await client.expect(200, `PROT ${from}`);
      const line = await client.openPassive({ tls: from === 'P' });
      await line.secured;
      await client.expect(200, `PROT ${from === 'P' ? 'C' : 'P'}`);
      assert.equal((await line.ended).how, 'reset');
      const reply = await client.command('RETR a');
      assert.match(reply, /^425 .*PROT changed.*open a new one/);
      const fresh = await client.openPassive({ tls: from === 'C' });
      await client.expect(150, 'RETR a');
      assert.equal((await fresh.readToEnd()).toString(), 'old');
    });
  }

  test('PROT given again with the same level leaves the data connection alone', async () => {
    await using server = await startServer({ tls: 'optional' });
    await server.write('/a', Buffer.from('old'));
    await using client = await server.connect();
    await client.authTls();
    await client.login('user', 'pass');
    await client.expect(200, 'PBSZ 0');
    const line = await client.openPassive();
    await client.expect(200, 'PROT C');
    await client.expect(150, 'RETR a');
    assert.equal((await line.readToEnd()).toString(), 'old');
    line.fin();
    assert.match(await client.readReply(), /^226 /);
  });

  test('clear data under a protected control line works where TLS is optional', async () => {
    await using server = await startServer({ tls: 'optional' });
    await using client = await server.session();
    await client.expect(200, 'PROT C');
    const line = await client.openPassive();
    await client.expect(150, 'STOR a');
    await line.write('in clear');
    line.fin();
    assert.match(await client.readReply(), /^226 /);
    assert.equal(server.eventsOf('data-tls').length, 0);
    assert.equal((await server.read('/a'))?.toString(), 'in clear');
  });
});

describe('login', () => {
  test('answers the same for a wrong password and an unknown name, and cuts after five failures', async () => {
    await using server = await startServer({ limits: { loginDelayMs: 1 } });
    await using client = await server.connect();
    await client.authTls();
    const replies: string[] = [];
    for (const name of ['user', 'nobody', 'user', 'nobody', 'user']) {
      replies.push((await client.expect(331, `USER ${name}`)).replace(name, 'NAME'), await client.command('PASS no'));
    }
    assert.deepEqual(new Set(replies).size, 2);
    assert.equal(replies[1], '530 Login or password incorrect');
    assert.match(await client.readReply(), /^421 .*failed logins/);
    assert.equal((await client.control.ended).how, 'close-notify');
    assert.deepEqual(
      server.eventsOf('login').map((event) => event.accepted),
      [false, false, false, false, false],
    );
  });

  test('PASS needs USER, and USER takes the login away', async () => {
    await using server = await startServer();
    await using client = await server.session();
    assert.match(await client.command('PASS pass'), /^503 /);
    await client.expect(350, 'REST 3');
    await client.expect(331, 'USER other');
    assert.match(await client.command('PWD'), /^530 /);
    await client.expect(230, 'PASS pass');
    assert.match(await client.command('PASS pass'), /^503 /);
  });

  test('never shows a password in its events', async () => {
    await using server = await startServer();
    await using client = await server.connect();
    await client.authTls();
    await client.command('USER user');
    await client.command('pass s3cret-Wort');
    await client.command('Pass');
    assert.doesNotMatch(JSON.stringify(server.events), /s3cret/);
  });

  test('a user with a home sees it as the root and cannot leave it', async () => {
    await using server = await startServer();
    await server.storage.makeDirectory('/home');
    await server.storage.makeDirectory('/home/guest');
    await server.write('/secret', Buffer.from('no'));
    await server.write('/home/guest/mine', Buffer.from('yes'));
    await using client = await server.session({ user: 'guest' });
    assert.match(await client.command('PWD'), /^257 "\/" /);
    assert.equal(await client.command('SIZE mine'), '213 3');
    for (const path of ['/secret', '../secret', '../../secret', '/home/guest/mine']) {
      assert.match(await client.command(`SIZE ${path}`), /^550 /, path);
    }
    assert.match(await client.command('CWD ..'), /^250 .*"\/"/);
  });
});

describe('a user who may only read', () => {
  test('downloads and lists', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('old'));
    await using client = await server.session({ user: 'reader' });
    const line = await client.openPassive({ tls: true });
    await client.expect(150, 'RETR a');
    assert.equal((await line.readToEnd()).toString(), 'old');
    line.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226 /);
    assert.match(await client.command('MLST a'), /perm=r;/);
  });

  test('changes nothing: 550', async () => {
    await using server = await startServer();
    await server.write('/a', Buffer.from('old'));
    await server.storage.makeDirectory('/d');
    await using client = await server.session({ user: 'reader' });
    for (const command of ['STOR b', 'APPE a', 'DELE a', 'MKD e', 'XMKD e', 'RMD d', 'XRMD d', 'RNFR a', 'RNTO b']) {
      await client.expect(229, 'EPSV');
      assert.match(await client.command(command), /^550 /, command);
    }
    assert.equal((await server.read('/a'))?.toString(), 'old');
    assert.equal((await server.storage.stat('/d')).type, 'directory');
  });
});
