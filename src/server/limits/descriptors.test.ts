import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DescriptorBudget, descriptorLimit } from './descriptors.ts';

void test('a tenth of all descriptors, and 32 at least, stay for the sessions that are there', () => {
  const small = new DescriptorBudget({ limit: 132, open: 20 });
  assert.ok(small.allows(79));
  assert.ok(!small.allows(80));
  const large = new DescriptorBudget({ limit: 10_000, open: 100 });
  assert.ok(large.allows(8_899));
  assert.ok(!large.allows(8_900));
});

void test('where the system names no limit there is none', () => {
  const budget = new DescriptorBudget({ limit: undefined, open: 0 });
  assert.ok(budget.allows(1_000_000));
});

void test('the limit of this process is read', { skip: process.platform !== 'linux' }, () => {
  const limit = descriptorLimit() ?? assert.fail('no limit');
  assert.ok(limit >= 64, String(limit));
  assert.equal(new DescriptorBudget().limit, limit);
});
