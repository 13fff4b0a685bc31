/** Times and sizes as people write them: `15 min`, `1.5 h`, `64 KiB`; a number alone is in the unit of its setting. */

const timeUnits: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ms: 1,
    s: 1000,
    sec: 1000,
    second: 1000,
    min: 60_000,
    minute: 60_000,
    h: 3_600_000,
    hour: 3_600_000,
    d: 86_400_000,
    day: 86_400_000,
    week: 604_800_000,
  }),
);

const sizeUnits: ReadonlyMap<string, number> = new Map(
  Object.entries({
    b: 1,
    byte: 1,
    kb: 1e3,
    mb: 1e6,
    gb: 1e9,
    tb: 1e12,
    kib: 2 ** 10,
    mib: 2 ** 20,
    gib: 2 ** 30,
    tib: 2 ** 40,
  }),
);

/** What a sentence says of the units that are understood. */
export const timeForm = 'a time such as "500 ms", "30 s", "15 min", "2 h" or "7 days"';
export const sizeForm = 'a size such as "512", "64 KiB", "10 MB" or "2 GiB"';

/** Milliseconds; undefined when the text is no time. `plainUnitMs` is the unit of a number alone. */
export function parseDuration(text: string, plainUnitMs: number): number | undefined {
  return parseQuantity(text, timeUnits, plainUnitMs);
}

/** Bytes; undefined when the text is no size. */
export function parseByteSize(text: string): number | undefined {
  return parseQuantity(text, sizeUnits, 1);
}

function parseQuantity(text: string, units: ReadonlyMap<string, number>, plainUnit: number): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]*)$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, digits = '', word = ''] = match;
  const name = word.toLowerCase();
  const unit = word === '' ? plainUnit : (units.get(name) ?? units.get(name.replace(/s$/, '')));
  return unit === undefined ? undefined : Math.round(Number(digits) * unit);
}

/** `900000` as `15 min`: the largest unit that leaves no fraction. `parseDuration` reads it. */
export function formatDuration(ms: number): string {
  const names = ['day', 'h', 'min', 's'] as const;
  const name = ms === 0 ? 's' : (names.find((unit) => ms % (timeUnits.get(unit) ?? 1) === 0) ?? 'ms');
  const count = ms / (timeUnits.get(name) ?? 1);
  return `${count} ${name}${name === 'day' && count !== 1 ? 's' : ''}`;
}

/** `65536` as `64 KiB`: the largest unit that leaves no fraction. `parseByteSize` reads it. */
export function formatByteSize(bytes: number): string {
  const name = bytes === 0 ? 'B' : (['TiB', 'GiB', 'MiB', 'KiB'].find((unit) => bytes % unitBytes(unit) === 0) ?? 'B');
  return `${bytes / unitBytes(name)} ${name}`;
}

function unitBytes(name: string): number {
  return sizeUnits.get(name.toLowerCase()) ?? 1;
}
