/** What a topology was built as is read back as it was written, and fits where the kernel keeps it. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { checkPlan, parsePlan, planText } from './plan.ts';
import { networkProfiles } from './profiles.ts';
import { rulesetOf } from './ruleset.ts';

const passivePorts = { min: 50_000, max: 65_535 };

test('every plan is read back from its text, which fits an alias of 255 characters', () => {
  const controlPorts = Array.from({ length: 15 }, (_, at) => 65_000 + at);
  for (const profile of networkProfiles) {
    const plan = checkPlan({ profile, controlPorts, passivePorts, afterSeconds: 86_400 });
    assert.deepEqual(parsePlan(planText(plan)), plan);
    assert.ok(planText(plan).length <= 255);
  }
});

test('an alias of somebody else is no plan', () => {
  for (const text of ['', 'uplink', 'twinline planar control=21 passive=1-2 after=3']) {
    assert.equal(parsePlan(text), undefined);
  }
});

test('plans that cannot be are refused', () => {
  const [profile] = networkProfiles;
  assert.ok(profile);
  const good = { profile, controlPorts: [21], passivePorts, afterSeconds: 10 };
  for (const bad of [
    { controlPorts: [] },
    { controlPorts: [70_000] },
    { passivePorts: { min: 2, max: 1 } },
    { afterSeconds: 0 },
  ]) {
    assert.throws(() => checkPlan({ ...good, ...bad }), { code: 'ERR_TWINLINE_TOPOLOGY' });
  }
});

test('only the profiles with the helper name it, and only those that forget a timeout', () => {
  for (const profile of networkProfiles) {
    const rules = rulesetOf({ profile, controlPorts: [21], passivePorts, afterSeconds: 7 }) ?? '';
    assert.equal(rules.includes('ct helper'), profile.helper === true, profile.name);
    assert.equal(rules.includes('established : 7'), profile.forgets !== undefined, profile.name);
  }
});
