// Tests the arithmetic of the benchmark: medians, spreads, and targets. A fault here would report a wrong figure or verdict.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Case, cases, selectCases } from '../runner/cases';
import { type Driver, drivers, selectDrivers } from '../runner/drivers';
import { median, RATE, spread } from '../runner/metrics';
import { best, medianOf, Results } from '../runner/results';
import { judge } from '../runner/targets';

function caseOf(id: string): Case {
  return cases.find((one) => one.id === id) ?? assert.fail(id);
}

function driverOf(id: string): Driver {
  return drivers.find((driver) => driver.id === id) ?? assert.fail(id);
}

/** Results of one case: messages per second, by client. */
function measured(caseId: string, rates: Record<string, number[]>): Results {
  const results = new Results();
  for (const [id, messages] of Object.entries(rates)) {
    for (const count of messages) {
      results.of(caseOf(caseId), driverOf(id)).runs.push({ messages: count, seconds: 1, cpuSeconds: 1 });
    }
  }
  return results;
}

test('a median is the middle value, or the mean of the two middle values; a spread is half the range', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 2, 9]), 3);
  assert.equal(spread([90, 100, 110]), 0.1);
  assert.equal(spread([100]), 0);
});

test('a target is judged by our best mode against the better of the rivals and of the C programs', () => {
  const results = measured('receive-qos0', {
    'ours-thread': [500, 700, 600],
    'ours-loop': [300],
    'mqtt.js': [100],
    'aws-crt': [90],
    'u8-mqtt': [900],
    'c-poll': [1000],
    'c-thread': [800],
    'c-system-poll': [5000],
  });
  const rival = best(results.measured('receive-qos0'), 'rival', RATE);
  assert.equal(rival === null ? null : medianOf(rival, RATE), 100);
  const [againstRival, againstC] = judge(results);
  assert.deepEqual(againstRival?.ratios, { 'ours-thread': 6, 'ours-loop': 3 });
  assert.equal(againstRival?.opponent, 'MQTT.js');
  assert.equal(againstRival?.met, true);
  assert.equal(againstC?.best, 0.6);
  assert.equal(againstC?.met, true);
});

test('an upper limit is not met by a value above it', () => {
  const verdicts = judge(measured('receive-qos0', { 'ours-thread': [100], 'mqtt.js': [300] }));
  const cpu = verdicts.find(({ text }) => text === 'receive QoS 0, CPU');
  assert.equal(cpu?.met, false);
  assert.ok(Math.abs((cpu?.best ?? 0) - 3) < 1e-9);
});

test('cases and clients are chosen by name, and an unknown name is an error', () => {
  assert.deepEqual(
    selectCases(['receive-qos0'], cases).map(({ id }) => id),
    ['receive-qos0'],
  );
  assert.ok(selectCases(['receive-qos0*'], cases).length > 1);
  assert.deepEqual(
    selectDrivers(['ours', 'mqtt.js'], drivers).map(({ id }) => id),
    ['ours-thread', 'ours-event-loop', 'ours-loop', 'mqtt.js'],
  );
  assert.throws(() => selectCases(['recieve'], cases), /--only 'recieve'/);
  assert.throws(() => selectDrivers(['mqttjs'], drivers), /--drivers 'mqttjs'/);
});
