/** The list that FEAT answers (RFC 2389 section 3.2), read on the client and written on the server. */

/** Features of a server. Names are compared without regard to case; a name may stand there more than once, as AUTH does. */
export class FeatureList {
  /** The feature lines as they came, without the space in front. */
  readonly all: readonly string[];

  constructor(all: readonly string[]) {
    this.all = all;
  }

  has(name: string): boolean {
    return this.values(name).length > 0;
  }

  /** What stands behind the first feature of that name; empty where nothing does, undefined where the feature is missing. */
  value(name: string): string | undefined {
    return this.values(name)[0];
  }

  /** What stands behind each feature of that name. */
  values(name: string): readonly string[] {
    const wanted = name.toUpperCase();
    return this.all.map(splitFeature).flatMap(([own, value]) => (own === wanted ? [value] : []));
  }
}

/**
 * Reads the lines of a 211 reply to FEAT: the first and the last are words for people, each between them is a feature.
 * The one space that must stand before a feature may be missing or doubled.
 */
export function parseFeatures(replyLines: readonly string[]): FeatureList {
  const features = replyLines.slice(1, -1).map((line) => line.trim());
  return new FeatureList(features.filter((feature) => feature !== ''));
}

/** The inner lines of a reply to FEAT: one feature each, behind exactly one space. */
export function serialiseFeatures(tokens: readonly string[]): string[] {
  return tokens.map((token) => ` ${token}`);
}

function splitFeature(feature: string): readonly [name: string, value: string] {
  const space = feature.indexOf(' ');
  if (space === -1) return [feature.toUpperCase(), ''];
  return [feature.slice(0, space).toUpperCase(), feature.slice(space + 1).trim()];
}
