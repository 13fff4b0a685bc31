/** Reads the settings that keep a server usable while others try to use it up. */

import { ConfigError } from '../../../errors/index.ts';
import { defaultExemptNetworks, parseNetwork } from '../../../server/index.ts';
import type { GivenSettings } from '../given-settings.ts';
import type { SettingName } from '../setting-records.ts';

/** Networks that have no limits of one address. */
export function exemptNetworksOf(given: GivenSettings): readonly string[] {
  return given.has('exempt') ? networksOf(given, 'exempt') : defaultExemptNetworks;
}

/** Networks of proxies that send the PROXY protocol. */
export function proxiesOf(given: GivenSettings): readonly string[] {
  return networksOf(given, 'proxy-protocol-from');
}

function networksOf(given: GivenSettings, name: SettingName): readonly string[] {
  return given.texts(name).map((text) => {
    try {
      return parseNetwork(text).text;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw given.wrong(name, `takes networks; ${error.message}`);
    }
  });
}
