/** Several user stores as one: the first that knows a name answers for it, alone. */

import type { LoginContext, Secret, UserAccount, UserStore } from './user-store.ts';

/**
 * A store that cannot tell whether it knows a name belongs at the end: it is asked for every name that no other knows. A
 * wrong password for a name of one store is never tried with another, which somebody else may look after.
 */
export function chainUserStores(stores: readonly [UserStore, ...UserStore[]]): UserStore {
  const last = stores.at(-1) ?? stores[0];
  const ownerOf = async (name: string): Promise<UserStore> => {
    for (const store of stores) {
      if (store !== last && (await store.knows?.(name)) === true) return store;
    }
    return last;
  };
  return {
    async authenticate(name: string, password: Secret, context: LoginContext): Promise<UserAccount | undefined> {
      return (await ownerOf(name)).authenticate(name, password, context);
    },
    async findAccount(name: string, context: LoginContext): Promise<UserAccount | undefined> {
      return (await ownerOf(name)).findAccount?.(name, context);
    },
    async knows(name: string): Promise<boolean> {
      return (await (await ownerOf(name)).knows?.(name)) ?? false;
    },
    async close(): Promise<void> {
      for (const store of stores) await store.close();
    },
  };
}
