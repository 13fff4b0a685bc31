/**
 * The four functions of the metadata proposal that `@peculiar/x509` needs on `Reflect` before it can be loaded.
 * A polyfill that is already there stays.
 */

type Key = string | symbol;

interface MetadataReflect {
  getMetadata?: (key: Key, target: object) => unknown;
  getOwnMetadata?: (key: Key, target: object) => unknown;
  defineMetadata?: (key: Key, value: unknown, target: object) => void;
  metadata?: (key: Key, value: unknown) => (target: object) => void;
}

/** Makes sure that `Reflect.getMetadata` and its companions exist. */
export function provideReflectMetadata(): void {
  const reflect = Reflect as MetadataReflect;
  if (reflect.getMetadata !== undefined) return;
  const records = new WeakMap<object, Map<Key, unknown>>();
  const define = (key: Key, value: unknown, target: object) => {
    const record = records.get(target) ?? new Map<Key, unknown>();
    records.set(target, record.set(key, value));
  };
  const find = (key: Key, target: object | null): unknown => {
    for (let at = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
      const record = records.get(at);
      if (record?.has(key)) return record.get(key);
    }
    return undefined;
  };
  reflect.defineMetadata = define;
  reflect.getOwnMetadata = (key, target) => records.get(target)?.get(key);
  reflect.getMetadata = find;
  reflect.metadata = (key, value) => (target) => define(key, value, target);
}
