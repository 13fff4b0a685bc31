/** bcrypt, the `$2a$`, `$2b$` and `$2y$` of OpenBSD, Apache's htpasswd and many web applications. */

import { compareSync } from 'bcryptjs';
import { type ForeignScheme, isAllowedCost, malformed, tooCostly } from './hash-scheme.ts';

/** As an exponent of two; measured here: 12 takes 0.4 s, each step doubles it. */
const maxBcryptCost = 15;

const form = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

export const bcryptScheme: ForeignScheme = {
  name: 'bcrypt',
  recognises: (text) => /^\$2[aby]\$/.test(text),
  parse(text) {
    const cost = Number(form.exec(text)?.[1]);
    if (Number.isNaN(cost)) throw malformed('bcrypt', '$2y$12$ and 53 letters');
    if (cost < 4 || !isAllowedCost(cost, maxBcryptCost)) throw tooCostly('bcrypt', 'the cost', maxBcryptCost);
    return {
      costClass: `$2$${cost}`,
      // bcrypt itself takes 72 bytes of the password and no more.
      check: (password) => compareSync(password, text),
    };
  },
};
