/** A16: ways to be let in that are rare and allowed. */

import { setTimeout as sleep } from 'node:timers/promises';
import { defineCopingCase, mayRefuse } from '../coping-case.ts';

const common = { area: 'control', task: 'download', level: 'MUST', clause: 'RFC 959 section 5.4' } as const;

export const readySoon = defineCopingCase({
  ...common,
  id: 'rfc959/5.4/120-before-220',
  row: 'A16a',
  requirement: '120 says that the service is ready in some minutes; the client waits for 220.',
  advice: 'Read on behind 120 until 220 comes.',
  rogue: () => ({
    greeting: async (session) => {
      await session.reply('120 Ready in 1 minute');
      await sleep(300);
      await session.reply('220 Ready');
      // Whoever has not waited is answered in a segment of its own, and not by luck with the 220.
      await sleep(100);
    },
  }),
});

export const accountWanted = defineCopingCase({
  ...common,
  id: 'rfc959/5.4/332-account-wanted',
  row: 'A16b',
  requirement: '332 asks for an account: the client sends ACCT, or says that it has none.',
  advice: 'Send ACCT where an account is known, and end with a clear error where none is.',
  except: mayRefuse,
  rogue: () => ({ commands: { PASS: '332 Account, please', ACCT: '230 Logged in' } }),
});

export const noPasswordWanted = defineCopingCase({
  ...common,
  id: 'rfc959/5.4/230-for-user',
  row: 'A16c',
  requirement: '230 as the answer to USER is a login that needs no password.',
  advice: 'Send PASS only when 331 asks for it.',
  rogue: () => ({ commands: { USER: '230 Come in', PASS: '503 You are in already' } }),
});

export const loginByCertificate = defineCopingCase({
  ...common,
  id: 'rfc2228/3/232-for-user',
  row: 'A16d',
  level: 'SHOULD',
  clause: 'RFC 2228 section 3',
  requirement: '232 as the answer to USER is a login that the security exchange has made good.',
  advice: 'Take 232 as 230: logged in, and no password is asked for.',
  rogue: () => ({ commands: { USER: '232 I know you', PASS: '503 You are in already' } }),
});

export const superfluousPassword = defineCopingCase({
  ...common,
  id: 'rfc959/5.4/202-for-pass',
  row: 'A16e',
  requirement: '202 as the answer to PASS says that no password was needed; the client is logged in.',
  advice: 'Take every 2yz reply to PASS for a login.',
  rogue: () => ({ commands: { PASS: '202 Not needed here' } }),
});
