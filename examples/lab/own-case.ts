/** Judges a server by cases of the lab and by one of its own: `FTP_HOST=… FTP_USER=… FTP_PASSWORD=… node own-case.ts`. */

import { defineServerCase, labExitCode, runServerLab, selectCases, serverCases } from 'twinline/lab';

const { FTP_HOST = 'localhost', FTP_PORT = '21', FTP_USER = 'anna', FTP_PASSWORD = '' } = process.env;

const greetsByName = defineServerCase({
  id: 'engineering/house/greets-by-name',
  row: 'A01',
  area: 'control',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'The reply to a login names the user.',
  outcomes: {
    named: { grade: 'pass', says: 'the reply to the login names the user' },
    anonymous: { grade: 'broken', says: 'the reply to the login does not name the user' },
  },
  advice: 'Say who has logged in.',
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    await session.need(331, `USER ${lab.target.user}`);
    const reply = await session.need(230, `PASS ${lab.target.password}`);
    return { outcome: reply.text.includes(lab.target.user) ? 'named' : 'anonymous', facts: reply.text };
  },
});

const report = await runServerLab({
  target: { host: FTP_HOST, port: Number(FTP_PORT), security: 'explicit', user: FTP_USER, password: FTP_PASSWORD },
  targetText: `ftpes://${FTP_HOST}:${FTP_PORT}`,
  cases: [...selectCases(serverCases, { only: ['rfc959/4.1.3', 'rfc2428/3'] }), greetsByName],
  seed: 1,
  parallel: 4,
  tool: 'own-case',
});
for (const { verdict, id, says } of report.cases) console.log(verdict, id, says);
process.exitCode = labExitCode(report, false);
