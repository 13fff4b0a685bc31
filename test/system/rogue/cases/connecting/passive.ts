/** EPSV and PASV that lead elsewhere or nowhere. */

import { createServer } from 'node:net';
import { once } from 'node:events';
import { freePort, type Script } from '../../../../../src/testing/index.ts';
import { defineRogueCase, everyLine, type RogueCase } from '../../define-rogue-case.ts';
import { get } from '../../scripts.ts';
import { small } from '../../served-files.ts';

const whole = { exitCode: 0, message: /, complete$/m, files: { out: small }, sent: /EPSV\n.*PASV\n/s } as const;

function fallsBack(name: string, server: string, epsv: Script): RogueCase {
  return defineRogueCase({
    id: `passive/epsv-${name}`,
    section: 1,
    server,
    client: 'goes on with PASV on the same login',
    modes: everyLine,
    script: () => ({ commands: { EPSV: epsv } }),
    command: get(),
    expect: { ...whole, sessions: 1 },
  });
}

const epsvReplies = (
  [
    ['500', '500 What?'],
    ['502', '502 Not here'],
    ['501', '501 No argument'],
    ['522-of-another-family', '522 Network protocol not supported, use (2)'],
    ['425', '425 Not now'],
    ['200', '200 Fine'],
    ['227', '227 Entering Passive Mode (127,0,0,1,4,1)'],
    ['229-in-words', '229 Entering Extended Passive Mode, find the port yourself'],
    ['229-port-0', '229 Entering Extended Passive Mode (|||0|)'],
    ['229-port-70000', '229 Entering Extended Passive Mode (|||70000|)'],
    ['229-negative-port', '229 Entering Extended Passive Mode (|||-21|)'],
    ['229-two-delimiters', '229 Entering Extended Passive Mode (||!1234|)'],
    ['229-digits-without-end', `229 Entering Extended Passive Mode (|||${'9'.repeat(3000)}|)`],
  ] as const
).map(([name, reply]) =>
  fallsBack(
    name,
    `answers EPSV with "${reply.length > 100 ? '229 Entering Extended Passive Mode (|||999… (3,000 digits)' : reply.replaceAll('|', '\\|')}"`,
    reply,
  ),
);

function pasvLeadsNowhere(name: string, server: string, pasv: Script, expect: RogueCase['expect']): RogueCase {
  return defineRogueCase({
    id: `passive/pasv-${name}`,
    section: 1,
    server,
    client: 'ends with an error that says so',
    modes: ['plain', 'tls1.3'],
    script: () => ({ commands: { EPSV: '500 What?', PASV: pasv } }),
    command: get(),
    expect,
  });
}

const refusedPort: Script = async (session) => session.reply(`229 Here (|||${await freePort()}|)`);

export const passiveCases = [
  ...epsvReplies,
  fallsBack('port-refused', 'names a port in its 229 on which nobody listens', refusedPort),
  defineRogueCase({
    id: 'passive/foreign-address',
    section: 1,
    server: 'names the address of another machine in its 227',
    client: 'goes to the server of the control line, and -v says so',
    modes: everyLine,
    script: () => ({
      commands: {
        EPSV: '500 What?',
        PASV: async (session) => {
          const port = await session.openData();
          await session.reply(`227 Entering Passive Mode (192,0,2,9,${port >> 8},${port & 255})`);
        },
      },
    }),
    command: get('a.bin', ['--retry', '0', '-v']),
    expect: { ...whole, message: /names 192\.0\.2\.9 for data; the address of the control connection is used instead/ },
  }),
  pasvLeadsNowhere('refused', 'refuses EPSV and PASV', '502 Not here', { exitCode: 66, message: /502 Not here/ }),
  pasvLeadsNowhere('in-words', 'answers PASV without an address', '227 Come in, we are open', {
    exitCode: 65,
    message: /227 Come in/,
  }),
  pasvLeadsNowhere('numbers-too-large', 'answers PASV with numbers over 255', '227 (300,300,300,300,300,300)', {
    exitCode: 65,
    message: /227/,
  }),
  pasvLeadsNowhere('port-0', 'names port 0 in its 227', '227 (127,0,0,1,0,0)', { exitCode: 65, message: /227/ }),
  pasvLeadsNowhere(
    'port-refused',
    'names a port in its 227 on which nobody listens',
    async (session) => {
      const port = await freePort();
      await session.reply(`227 (127,0,0,1,${port >> 8},${port & 255})`);
    },
    { exitCode: 69, message: /data connection to port \d+ failed: nothing listens there/ },
  ),
  defineRogueCase({
    id: 'passive/port-of-somebody-else',
    section: 1,
    server: 'names a data port on which something else sends bytes of its own',
    client: 'takes none of them under TLS',
    modes: ['tls1.2', 'tls1.3'],
    script: () => ({
      commands: {
        EPSV: async (session) => {
          const stranger = createServer((raw) => {
            raw.on('error', () => undefined);
            raw.end('SSH-2.0-somebody\r\n');
          });
          stranger.listen(0, '127.0.0.1');
          await once(stranger, 'listening');
          void session.control.ended.then(() => stranger.close());
          const address = stranger.address();
          await session.reply(`229 Here (|||${address !== null && typeof address === 'object' ? address.port : 0}|)`);
        },
        RETR: '150 Here it comes\n226 Done',
      },
    }),
    command: get(),
    expect: { exitCode: 76, message: /does not speak TLS there/ },
  }),
  defineRogueCase({
    id: 'passive/data-line-reset-at-once',
    section: 1,
    server: 'accepts the data line and resets it at once',
    client: 'says that the line was lost',
    modes: everyLine,
    script: () => ({
      dataTlsStart: 'on-transfer',
      commands: {
        RETR: async (session) => {
          const line = await session.acceptRawData();
          line.reset();
          await session.reply('425 The line is gone');
        },
      },
    }),
    command: get(),
    expect: (mode) => ({ exitCode: mode === 'plain' ? 75 : 76, message: /425 The line is gone/ }),
  }),
];
