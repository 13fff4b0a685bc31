/** A user store whose users may only read, whatever the store below says. */

import type { UserAccount, UserStore } from './user-store.ts';

function readOnly(account: UserAccount | undefined): UserAccount | undefined {
  return account === undefined ? undefined : { ...account, readOnly: true };
}

export function readOnlyUserStore(store: UserStore): UserStore {
  return {
    authenticate: async (name, password, context) => readOnly(await store.authenticate(name, password, context)),
    findAccount: async (name, context) => readOnly(await store.findAccount?.(name, context)),
    knows: async (name) => (await store.knows?.(name)) ?? false,
    close: () => store.close(),
  };
}
