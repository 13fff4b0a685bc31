/** The cases about EPSV, PASV, EPRT and PORT, each with a peer that keeps the rule and one that breaks it. */

import { describe, test } from 'node:test';
import { epsvUnknownFamily } from '../../src/lab/cases/server/rfc2428/epsv-unknown-family.ts';
import { assertJudged, judgeOurs, judgeScripted } from './judge-server.ts';

describe('EPSV with an unknown family', () => {
  test('is answered as it must be by our server', async () => {
    assertJudged(await judgeOurs(epsvUnknownFamily), 'PASS', 'refused');
  });

  for (const [reply, verdict, outcome] of [
    ['229 Entering Extended Passive Mode (|||2021|)', 'FAIL', 'accepted'],
    ['501 No', 'FAIL', 'other-code'],
    ['522 Not that one', 'FAIL', 'no-list'],
    ['502 What?', 'UNIMPLEMENTED', undefined],
  ] as const) {
    test(`is found wanting where it is answered ${reply}`, async () => {
      const report = await judgeScripted(epsvUnknownFamily, {
        commands: {
          EPSV: async (session, argument) =>
            session.reply(argument === '3' ? reply : `229 Here (|||${await session.openData()}|)`),
        },
      });
      assertJudged(report, verdict, outcome);
    });
  }
});
