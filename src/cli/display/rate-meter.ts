/** The rate of the last seconds: an average since the start would hide that a transfer has become slow. */

/** How far back the rate looks. */
const windowMs = 5000;

/** Between two points that are kept. */
const pointEveryMs = 200;

export class RateMeter {
  readonly #points: { readonly atMs: number; readonly bytes: number }[] = [];
  #atMs: number;
  #bytes: number;

  /** `bytes`: the count to begin with. */
  constructor(bytes: number, nowMs: number = performance.now()) {
    this.#atMs = nowMs;
    this.#bytes = bytes;
    this.#points.push({ atMs: nowMs, bytes });
  }

  /** The count has come to `bytes`. */
  note(bytes: number, nowMs: number = performance.now()): void {
    this.#atMs = nowMs;
    this.#bytes = bytes;
    const last = this.#points.at(-1);
    if (last !== undefined && nowMs - last.atMs < pointEveryMs) return;
    this.#points.push({ atMs: nowMs, bytes });
    while (this.#points.length > 2 && nowMs - (this.#points[1]?.atMs ?? nowMs) >= windowMs) this.#points.shift();
  }

  /** Bytes per second; 0 as long as it is too early to tell. */
  get rate(): number {
    const [first] = this.#points;
    if (first === undefined) return 0;
    const seconds = (this.#atMs - first.atMs) / 1000;
    return seconds > 0.05 ? Math.max(0, (this.#bytes - first.bytes) / seconds) : 0;
  }
}
