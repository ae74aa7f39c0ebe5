import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { cases } from '../runner/cases';
import { drivers } from '../runner/drivers';
import { LazyCertificates } from '../runner/lazy-certificates';
import { measure } from '../runner/measure';

// measure() itself fails when the counts of the client and the other end differ. This test runs it with few messages,
// to show that a figure of the benchmark stands for messages that arrived.
const COUNT = 300;
const KINDS = [
  'receive-qos0',
  'receive-qos1-64KiB',
  'receive-qos2-tls',
  'publish-qos0',
  'publish-qos1',
  'exchange-qos1',
  'latency',
];

const certificates = new LazyCertificates();
after(() => {
  certificates.remove();
});

for (const driver of drivers) {
  test(`${driver.id} delivers every message of each kind of work`, async () => {
    for (const one of cases.filter(({ id }) => KINDS.includes(id))) {
      if (driver.lacks(one) !== null) continue;
      const settings = { warmup: 0, seconds: 0, count: COUNT, pin: false };
      const report = await measure(one, driver, settings, certificates.get);
      assert.equal(report['counted'] ?? report['messages'], COUNT, one.id);
    }
  });
}
