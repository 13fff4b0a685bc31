/** A user store whose users may only read, whatever the store below says. */

import type { UserStore } from './user-store.ts';

export function readOnlyUserStore(store: UserStore): UserStore {
  return {
    authenticate: async (name, password, context) => {
      const account = await store.authenticate(name, password, context);
      return account === undefined ? undefined : { ...account, readOnly: true };
    },
    close: () => store.close(),
  };
}
