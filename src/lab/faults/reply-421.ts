/** Fault `421`: the server seems to say goodbye. */

import { defineFault, textOf } from './define-fault.ts';

export const reply421 = defineFault({
  name: '421',
  summary: 'Says 421 to the client in the name of the server and ends the control line in order on both sides.',
  parameters: [
    {
      name: 'text',
      kind: 'text',
      says: 'the words behind 421',
      byDefault: 'Service not available, closing control connection.',
    },
  ],
  effect: {
    on: 'line',
    start(line, { values, changed }) {
      const text = `421 ${textOf(values, 'text')}`;
      changed('server', text);
      const { down, up } = line.ways;
      down.pass(Buffer.from(`${text}\r\n`));
      // What the server says now is not for the client, which is on its way out.
      up.shut();
      down.whenPassed(() => line.end('both', 'close-notify'));
      return undefined;
    },
  },
  line: 'control',
  direction: 'down',
  isLineFixed: true,
  times: 'once',
  clientSees: '421 at a moment at which it waits for another reply, and then the end of the control line.',
  serverSees: 'The end of the control line, in order and without QUIT; a transfer in progress is to be aborted.',
  clause: 'RFC 959 section 4.2.2 (421 may be the reply to any command), section 3.2',
  examples: ['421 on RETR', '421 after 600KiB of data down', '421 "Maintenance." after 230'],
});
