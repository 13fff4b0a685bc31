/** Figures of transfers as people read them. */

const unitNames = ['B', 'kB', 'MB', 'GB', 'TB'];

/** `1.3 MB`, in powers of 1000. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < unitNames.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? String(Math.round(value)) : value.toFixed(value < 9.95 ? 1 : 0)} ${unitNames[unit]}`;
}

/** `1:02:03` or `2:03`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  const hours = Math.floor(whole / 3600);
  return hours > 0 ? `${hours}:${parts.join(':')}` : parts.join(':').replace(/^0/, '');
}

/** `1,234`, of a whole number; the first call of toLocaleString would load what it knows of languages, for longer than a login. */
export function formatNumber(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 file`, `1,234 files`. */
export function formatCount(count: number, one: string, many: string = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** The time that the rest takes at this rate; undefined where nobody can say. */
export function secondsLeft(done: number, size: number | null | undefined, rate: number): number | undefined {
  return size === null || size === undefined || rate <= 0 ? undefined : Math.max(0, size - done) / rate;
}
