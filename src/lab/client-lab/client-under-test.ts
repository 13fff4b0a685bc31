/** The client under test: the commands that start it for each task, and the places in them that the lab fills in. */

import type { Task } from '../engine/lab-case.ts';

/**
 * Words of a command line with places: `{url}` (`ftp://host:port/name`), `{ftpes}` and `{ftps}` (the same with those schemes),
 * `{host}`, `{port}`, `{user}`, `{password}`, `{remote}` (the name on the server), `{folder}` (its folder, `/`), `{local}` (the file
 * here), `{cacert}` (the certificate of the lab's authority), and for clients that can be told: `{timeout}` (the seconds without
 * progress that they should bear) and `{patience}` (the seconds until the lab ends them).
 */
export type CommandTemplate = readonly string[];

export interface ClientUnderTest {
  /** As reports call it. */
  readonly name: string;
  /** What the client cannot do is left out, and its cases are skipped. */
  readonly commands: { readonly [T in Task]?: CommandTemplate };
  /** Prints a version in its first line. */
  readonly version?: CommandTemplate;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Whom every server of the lab lets in. */
export const labUser = { name: 'lab', password: 'lab-password' } as const;

export interface CommandPlaces {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly remote: string;
  readonly local: string;
  readonly cacert: string;
  readonly timeout: string;
  readonly patience: string;
}

/** The words with their places filled in. */
export function fillCommand(template: CommandTemplate, places: CommandPlaces): readonly string[] {
  const { host, port, remote } = places;
  const path = `${host}:${port}/${remote}`;
  const values: Readonly<Record<string, string>> = {
    ...places,
    port: String(port),
    url: `ftp://${path}`,
    ftpes: `ftpes://${path}`,
    ftps: `ftps://${path}`,
    folder: '/',
  };
  return template.map((word) => word.replaceAll(/\{([a-z]+)\}/g, (whole, name: string) => values[name] ?? whole));
}
