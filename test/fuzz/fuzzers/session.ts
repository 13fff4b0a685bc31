/** The whole server on real sockets: random sessions, in clear and under TLS, against what must hold for every session. */

import assert from 'node:assert/strict';
import { startServer, type TestServer } from '../../fixtures/start-server.ts';
import { defineFuzzer } from '../fuzzer.ts';
import { FuzzClient } from '../session/client.ts';
import { generateSession } from '../session/generate.ts';
import { type BeginMode, parseScript, type SessionStep } from '../session/script.ts';

/** Short enough that a session which waits for something is over soon. */
const limits = {
  dataConnectMs: 150,
  stallMs: 150,
  tlsHandshakeMs: 150,
  dataCloseMs: 50,
  loginDelayMs: 1,
  loginMs: 2000,
  idleMs: 2000,
};
/** After QUIT everything must be over by then. */
const endMs = 10_000;

async function begin(client: FuzzClient, mode: BeginMode): Promise<void> {
  if (mode === 'implicit') await client.startTls();
  await client.hears(1);
  if (mode === 'bare') return;
  if (mode === 'tls') await client.perform({ do: 'tls' });
  const secure = mode === 'plain' ? [] : ['PBSZ 0', 'PROT P'];
  for (const command of ['USER user', 'PASS pass', ...secure, 'TYPE I']) {
    const before = client.replies.length;
    client.send(`${command}\r\n`);
    await client.hears(before + 1);
  }
}

/** Ends the session: whatever line, subnegotiation or transfer it is in, these are heard as ABOR and QUIT. */
async function end(client: FuzzClient): Promise<void> {
  client.send(Buffer.from([0xff, 0xf0]));
  client.send('\r\nABOR\r\nQUIT\r\n');
  const ended = await client.ends(endMs);
  assert.ok(ended, `the session has not ended; replies: ${client.replies.map((reply) => reply.code).join()}`);
}

/** Every command that the server took up was answered, and what was answered has come, in its order. */
function checkReplies(server: TestServer, client: FuzzClient): void {
  assert.equal(client.parseError, undefined);
  const replies = server.eventsOf('reply');
  const sent = replies.filter((event) => event.sent).map(({ code, lines }) => [code, lines.length]);
  const heard = client.replies.map(({ code, lines }) => [code, lines.length]);
  assert.deepEqual(heard, sent.slice(0, heard.length), 'the replies that came are those that were sent, in order');
  const commands = server.eventsOf('command').map(({ text }) => text);
  const finals = replies.filter(({ code }) => code >= 200).length - 1;
  const lost = server.eventsOf('session-closed').some(({ cause }) => cause !== 'quit');
  if (lost) return;
  if (!client.gaveUp) assert.equal(heard.length, sent.length, 'all replies have come');
  assert.ok(finals >= commands.length, `${finals} final replies to ${commands.join(' | ')}`);
  // An ABOR that interrupts is answered besides the transfer, and nothing else is answered twice.
  assert.equal(finals, commands.length, `${finals} final replies to ${commands.join(' | ')}`);
}

async function play(steps: readonly SessionStep[]): Promise<void> {
  await using server = await startServer({ tls: 'optional', limits });
  await server.write('/a', Buffer.from('content\r\n'));
  await server.write('/big', Buffer.alloc(3_000_000, 'big'));
  const [first, ...rest] = steps;
  const mode = first?.do === 'begin' ? first.mode : 'bare';
  const client = await FuzzClient.connect(mode === 'implicit' ? server.implicitPort : server.port);
  try {
    await begin(client, mode);
    for (const step of first?.do === 'begin' ? rest : steps) {
      if (client.closed) break;
      await client.perform(step);
    }
    await end(client);
  } finally {
    client.destroy();
  }
  await server.quiet();
  checkReplies(server, client);
}

export const session = defineFuzzer({
  name: 'session',
  words: ['send "NOOP\\r\\n"\n', 'await\n', 'connect\n', 'data-fin\n'],
  runs: 20,
  generate: generateSession,
  check: (input) => play(parseScript(Buffer.from(input).toString('latin1'))),
});
