/** What the published pages about servers and about clients have in common: profiles, a page with its JSON for each, and one side by side. */

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  compareReports,
  comparisonFormats,
  type LabReport,
  parseProfile,
  parseReport,
  type Profile,
  profileText,
  reportFormats,
} from '../src/lab/index.ts';

/** The pages of one kind of product. */
export class LabPages {
  readonly #folder: string;
  readonly #profiles: string;

  private constructor(folder: string, profiles: string) {
    this.#folder = folder;
    this.#profiles = profiles;
  }

  /** Makes the folders where they are not there. */
  static async open(folder: string, profiles: string): Promise<LabPages> {
    await mkdir(folder, { recursive: true });
    await mkdir(profiles, { recursive: true });
    return new LabPages(folder, profiles);
  }

  async profileOf(name: string): Promise<Profile | undefined> {
    const file = this.#profileFile(name);
    return existsSync(file) ? parseProfile(await readFile(file, 'utf8')) : undefined;
  }

  async saveProfile(name: string, profile: Profile): Promise<void> {
    await writeFile(this.#profileFile(name), profileText(profile));
  }

  #profileFile(name: string): string {
    return join(this.#profiles, `${name}.json`);
  }

  /** A run that brings no news keeps the date of the one before it, so that it changes no file. */
  async write(name: string, seen: LabReport): Promise<void> {
    const file = join(this.#folder, `${name}.json`);
    const old = existsSync(file) ? await readFile(file, 'utf8') : '';
    const { startedAt, durationMs } = old === '' ? seen : parseReport(old);
    const dated = { ...seen, startedAt, durationMs };
    const kept = rendered(dated, 'json-summary') === old ? dated : seen;
    await writeFile(file, rendered(kept, 'json-summary'));
    await writeFile(join(this.#folder, `${name}.md`), rendered(kept, 'markdown'));
  }

  /** Of every report that is in the folder: a run for one product leaves the others in. */
  async writeComparison(): Promise<void> {
    const files = (await readdir(this.#folder)).filter((file) => file.endsWith('.json')).sort();
    const reports = await Promise.all(
      files.map(async (file) => ({
        name: basename(file, '.json'),
        report: parseReport(await readFile(join(this.#folder, file), 'utf8')),
      })),
    );
    const markdown = comparisonFormats['markdown']?.(compareReports(reports)) ?? '';
    await writeFile(join(this.#folder, 'compare.md'), markdown);
  }
}

/** A report with events and timelines, in several formats: `formats` are their names by the ending of the file. */
export async function writeFullReport(
  folder: string,
  name: string,
  report: LabReport,
  formats: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [ending, format] of Object.entries(formats)) {
    await writeFile(join(folder, `${name}.${ending}`), rendered(report, format));
  }
}

function rendered(report: LabReport, format: string): string {
  return reportFormats[format]?.(report) ?? '';
}
