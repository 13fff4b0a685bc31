/** Draws `control-loss.md` from the rules that the server is held to; what was measured is put in by whoever has measured. */

import {
  type Cell,
  dataIsTls,
  directions,
  leftOutRules,
  lines,
  matrixCells,
  variantCells,
} from '../test/system/control-loss/cells.ts';
import { type Expectation, expectationOf, silenceLimits } from '../test/system/control-loss/expectation.ts';
import { situationGroups, type Told } from '../test/system/control-loss/situations/index.ts';

/** Whether a cell has a time: to the end of the other line where that must end, else to the reply. */
export function isMeasured(cell: Cell): boolean {
  return cell.line === 'data' || expectationOf(cell).otherLineEnds;
}

/** The text of a page with every measured number replaced by an ellipsis. */
export function maskMeasured(page: string): string {
  return page.replaceAll(/^(\| [^|]+ \| [^|]+ \| )\d+(?:\.\d+)?( \|)/gm, '$1…$2');
}

const seconds = (ms: number): string => `${ms / 1000} s`;

const introduction = `# When a line is lost

Made by \`npm run docs\` from the rules in \`test/system/control-loss\`; do not edit. \`test/system\` plays every row of this page against the
server, and \`test/registry\` holds the page to the rules.

An FTP session has two lines, control and data, in clear or under TLS. Lines get lost: clients crash, firewalls forget, people press
Ctrl-C. This page says what becomes of a transfer then, so that an operator can read it off.

## What RFC 959 says

Section 3.2: "The server MUST close the data connection under the following conditions:

1. The server has completed sending data in a transfer mode that requires a close to indicate EOF.
2. The server receives an ABORT command from the user.
3. The port specification is changed by a command from the user.
4. The control connection is closed legally or otherwise.
5. An irrecoverable error condition occurs."

It does not say how to close. That matters: in stream mode a data line that ends in order *is* the end of the file, so a transfer that was
cut and closed in order looks whole. \`test/system/control-loss/five-conditions.test.ts\` has a test for each condition by its number.

## What this server does

- **A transfer that is cut ends its data line by RST**, within 50 ms of the loss of the control line: never by close_notify, never by a FIN in
  order. The client's TLS sees a truncation, a client in clear a reset.
- **The record is written before the reply.** The log names the cause (\`control-reset\`, \`control-fin\`, \`control-close-notify\`,
  \`control-timeout\`, \`control-error\`, \`abort\`, \`data-reset\`, \`data-truncated\`, \`stalled\`, \`storage\`, \`drain\` and others), the bytes and the direction. When
  the control line is gone the reply stands in the log only: \`426 Connection closed; transfer aborted.\`
- **Uploads are under their final name only when they are whole.** Until then the old content stands there, or nothing. What came of an
  upload that was cut stays hidden; \`SIZE\` tells its length to the same user, who goes on with \`REST\` and \`STOR\` or with \`APPE\`, until a
  sweep finds it too old. So a \`SIZE\` that equals the length of a file proves that all of it arrived, and not that it is in place: 226 says
  that, and so does a listing.
- **Silence is no loss before its deadline.** No data connection, no TLS handshake on it, no bytes moving: each has a limit, a reply and a
  cause of its own. A control line that says nothing while data move is no fault; a dead one is found by TCP keepalive.
- Settings per server and per user: \`on-control-loss\` (\`abort\`, \`finish\`, \`grace\`) and \`missing-close-notify\` (\`refuse\`, \`tolerate\`).

## What others do

Measured with independent scripts: after the control line is closed in the middle of a TLS transfer, vsftpd 3.0.3 goes on for the whole file.
ProFTPD 1.3.8, Pure-FTPd 1.0.50, pyftpdlib and ftp-srv stop within 0.1 s, but end the data line of a download with close_notify, so that the
client takes the part for the whole. On plain downloads ProFTPD 1.3.8 goes on to the end. All of them leave the part of an upload under its
final name, and ftp-srv leaks one descriptor for each loss.

## Where the RFCs leave a choice

- **A client may end its half of the data line in a download or a listing**, with or without close_notify: that half carries nothing, so
  nothing is cut, and the transfer goes on. A RST is another matter.
- **A FIN in clear is the end of an upload**, at whatever byte: stream mode knows no other. \`ALLO\` announces a size, and an upload that ends
  elsewhere is then \`data-truncated\`. Under TLS the end must be a close_notify.
- **A client that dies in an upload in clear ends both lines at once**, and the kernel may tell of the data line first. The server listens
  once more on the control line before it calls such an upload whole.
- **An upload whose data line ended in order is put in place though the control line is lost meanwhile.** The file is whole; only the 226 cannot be
  sent. The point of no return is the beginning of the commit (fsync, rename); a loss before it interrupts the upload.
- **After the last byte of a download** the server has ended its half and waits for the client's. When the control line is lost in that
  wait, the data line is reset and the record says \`interrupted\`: nobody has confirmed the end.
- **226 of a download waits for bytes that are still in this machine's kernel.** A client that takes none of them is stalled, and the loss of
  the control line still cuts it. Once the client's kernel has all, its end of the line is waited for only so long.
- **\`QUIT\` during a transfer waits for it; \`QUIT\` and then the end of the control line does not**: the line is closed "legally", and condition 4
  holds. The answer to an orderly end of the control line is an orderly end.
- **A data line lost before 150** is answered with 150 and then 426, because the replies of a transfer command come in that order (section 5.4).
- **PASV, EPSV, PORT and EPRT during a transfer** wait for its end like any other command.

## The matrix

The fault hits the line that the title names. *Other line*: what becomes of the line that was not hit; for faults of the data line also how the
server ends that one. *After ms*: from the fault to the end of the other line where that must end, else to the reply; median of several
rounds on loopback, cells one at a time. For silence the limits were: stalled after ${seconds(silenceLimits.stallMs)}, idle after ${seconds(silenceLimits.idleMs)}, wait for the client's
end of a download ${seconds(silenceLimits.dataCloseMs)}. *After the last byte*: the server has sent all and ended its half, the client has not; in an upload the
client has sent all, and where the control line is hit has ended the data line in order. *Final name*: what stands under the name of the
upload; *unchanged* is the old content, or nothing. *SIZE*: the answer to the same user in a new session.
`;

function endWords(cell: Cell, expected: Expectation): string {
  const inOrder = dataIsTls(cell) ? 'close_notify, FIN' : 'FIN';
  const words = {
    RST: 'RST',
    'in order': inOrder,
    'in order, then RST': `${inOrder} before; RST now`,
    'in order, before': `${inOrder} before`,
    'by the fault': '',
  }[expected.dataLine];
  if (cell.line === 'control') return words;
  return words === '' ? 'stays open' : `stays open; data line: ${words}`;
}

function replyWords(reply: string | undefined, inLog: string | undefined): string {
  if (reply !== undefined) return reply;
  return inLog === undefined ? 'none' : `none; log: ${inLog}`;
}

const protectionWords = { plain: 'plain', 'TLSv1.2': 'TLS 1.2', 'TLSv1.3': 'TLS 1.3' } as const;

function row(cell: Cell, measured: string): string {
  const expected = expectationOf(cell);
  const isFile = cell.direction === 'upload';
  const columns = [
    `${cell.fault}, ${cell.phase}, ${protectionWords[cell.protection]}`,
    endWords(cell, expected),
    isMeasured(cell) ? measured : '—',
    replyWords(expected.reply, expected.replyInLog),
    expected.cause,
    expected.verdict,
    isFile ? expected.finalName : '—',
    cell.direction === 'listing' ? '—' : expected.size,
    expected.clause,
  ];
  return `| ${columns.join(' | ')} |`;
}

const matrixHead = [
  '| Cell | Other line | After ms | Reply | Log cause | Verdict | Final name | SIZE | Why |',
  '|---|---|---|---|---|---|---|---|---|',
];

function matrixSections(measured: (cell: Cell) => string): string[] {
  const cells = matrixCells();
  return lines.flatMap((line) =>
    directions.flatMap((direction) => {
      const rows = cells.filter((cell) => cell.line === line && cell.direction === direction);
      return [
        `### The ${line} line, ${direction}`,
        '',
        ...matrixHead,
        ...rows.map((cell) => row(cell, measured(cell))),
        '',
      ];
    }),
  );
}

function situationRow(name: string, told: Told, clause: string): string {
  const replies = told.replies.length === 0 ? 'none' : told.replies.join('; ');
  const inLog = told.repliesInLog.length === 0 ? '' : `; log: ${told.repliesInLog.join('; ')}`;
  const columns = [
    name,
    told.dataLine,
    `${replies}${inLog}`,
    told.cause,
    told.verdict,
    told.finalName,
    told.size,
    clause,
  ];
  return `| ${columns.join(' | ')} |`;
}

function situationSections(): string[] {
  return situationGroups.flatMap(({ title, situations }) => [
    `### ${title}`,
    '',
    '| Situation | Data line | Replies | Log cause | Verdict | Final name | SIZE | Why |',
    '|---|---|---|---|---|---|---|---|',
    ...situations.map(({ name, expected, clause }) => situationRow(name, expected, clause)),
    '',
  ]);
}

/** The whole page. `measured` gives the time of a cell as text; it is asked for all cells. */
export function renderControlLoss(measured: (cell: Cell) => string): string {
  return [
    introduction,
    ...matrixSections(measured),
    '### Left out',
    '',
    ...leftOutRules.map(({ what, why }) => `- ${what}: ${why}.`),
    '',
    '### Other data lines',
    '',
    `The rows for the middle of a transfer hold in the same way when the data line was opened by PASV, EPRT or PORT, and when it is in clear under a`,
    `control line with TLS (PROT C): ${variantCells().length} further cells are played, with the outcomes of the rows above.`,
    '',
    '## Beside the matrix',
    '',
    'Transfers over TLS 1.3 in their middle, where nothing else is said. *Data line*: how the client saw it end.',
    '',
    ...situationSections(),
  ].join('\n');
}
