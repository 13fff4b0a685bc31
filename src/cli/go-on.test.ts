import { test } from 'node:test';
import assert from 'node:assert/strict';
import { commandToGoOn } from './go-on.ts';

const call = (urlText: string) => ({ urlText }) as Parameters<typeof commandToGoOn>[2];

test('the command to go on keeps login and trust, quotes what a shell would read, and shows no password', () => {
  const options = { user: 'anna:secret:x', cacert: 'my ca.pem', insecure: true, limitRate: '5K' };
  assert.equal(
    commandToGoOn('get', ['-o', "it's"], call('ftpes://h/a?b'), options),
    "twinline get --resume -o 'it'\\''s' 'ftpes://h/a?b' -u anna -k --cacert 'my ca.pem'",
  );
  assert.equal(
    commandToGoOn('put', ['f'], call('ftpes://anna:********@h/f'), {}),
    'twinline put --resume f ftpes://anna@h/f',
  );
});
