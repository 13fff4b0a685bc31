import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  cutTransfer,
  event,
  hostileEvents,
  noteEvents,
  noteTime,
  stranger,
  user,
} from '../../../test/fixtures/log-events.ts';
import { createFileZillaFormat } from './filezilla.ts';

const format = createFileZillaFormat();

/** The server's log in the note on EPSV over IPv4. */
const noteLog = `
Creating listen socket on port 8000...
Creating listen socket on port 990...
Server online
(000022)11/12/2012 22:33:35 PM - (not logged in) (5.79.21.166)> Connected, sending welcome message...
(000022)11/12/2012 22:33:35 PM - (not logged in) (5.79.21.166)> 220-FileZilla Server version 0.9.41 beta
(000022)11/12/2012 22:33:35 PM - (not logged in) (5.79.21.166)> 220-written by Tim Kosse (Tim.Kosse@gmx.de)
(000022)11/12/2012 22:33:35 PM - (not logged in) (5.79.21.166)> 220 Please visit http://sourceforge.net/projects/filezilla/
(000022)11/12/2012 22:33:35 PM - (not logged in) (5.79.21.166)> AUTH SSL
(000022)11/12/2012 22:33:35 PM - (not logged in) (5.79.21.166)> 234 Using authentication type SSL
(000022)11/12/2012 22:33:35 PM - (not logged in) (5.79.21.166)> SSL connection established
(000022)11/12/2012 22:33:35 PM - (not logged in) (5.79.21.166)> USER user
(000022)11/12/2012 22:33:35 PM - (not logged in) (5.79.21.166)> 331 Password required for user
(000022)11/12/2012 22:33:35 PM - (not logged in) (5.79.21.166)> PASS ********
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> 230 Logged on
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> PBSZ 0
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> 200 PBSZ=0
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> PROT P
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> 200 Protection level set to P
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> PWD
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> 257 "/" is current directory.
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> EPSV
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> 229 Entering Extended Passive Mode (|||8007|)
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> TYPE I
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> 200 Type set to I
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> SIZE c2900-universalk9-mz.SPA.152-1.T.bin
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> 213 77200652
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> RETR c2900-universalk9-mz.SPA.152-1.T.bin
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> 150 Connection accepted
(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)> SSL connection for data connection established
(000022)11/12/2012 22:34:33 PM - user (5.79.21.166)> 426 Connection closed; transfer aborted.
`;

describe('the FileZilla log', () => {
  test('of the session in the note is the log in the note', () => {
    assert.deepEqual(noteEvents.flatMap(format), noteLog.trim().split('\n'));
  });

  test('says AM before noon and keeps 24 hours', () => {
    const at = new Date(2026, 0, 2, 3, 4, 5).getTime();
    assert.deepEqual(format(event({ type: 'session-closed', cause: 'quit', detail: '', ...user }, at)), [
      '(000022)01/02/2026 03:04:05 AM - user (5.79.21.166)> disconnected.',
    ]);
  });

  test('masks a password that the event did not mask', () => {
    const [line] = format(event({ type: 'command', text: 'pass geheim wort', ...stranger }));
    assert.match(line ?? '', /> pass \*{8}$/);
  });

  test('shows an IPv4 client of an IPv6 socket by its IPv4 address', () => {
    const [line] = format(event({ type: 'session-opened', ...stranger, remoteHost: '::ffff:10.1.2.3' }));
    assert.match(line ?? '', /\(10\.1\.2\.3\)> Connected/);
  });

  test('shows the set-in lines of a reply as they are sent', () => {
    const lines = ['Features:', ' EPSV', ' SIZE', 'End'];
    const texts = format(event({ type: 'reply', code: 211, lines, sent: true, ...user }));
    assert.deepEqual(
      texts.map((line) => line.replace(/^.*?> /, '')),
      ['211-Features:', ' EPSV', ' SIZE', '211 End'],
    );
  });

  test('leaves the record of a transfer to the replies', () => {
    assert.deepEqual(format(event({ type: 'transfer', transfer: cutTransfer, ...user }, noteTime)), []);
  });

  test('gives nobody a line of their own', () => {
    for (const hostile of hostileEvents) {
      for (const line of format(hostile)) {
        assert.doesNotMatch(line, /\p{Cc}/u);
        assert.match(line, /^\(000022\)/);
      }
    }
  });
});
