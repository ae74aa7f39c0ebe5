// Tests the charts and the table that show the figures.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cases } from '../runner/cases';
import { drivers } from '../runner/drivers';
import { Results } from '../runner/results';
import { drawChart } from '../runner/svg';
import { printTable } from '../runner/table';

test('a chart has a bar for each value, as long as the value, and escapes its texts', () => {
  const svg = drawChart('A & B', [
    {
      title: 'QoS 0',
      note: 'messages/s',
      bars: [
        { label: '<ours>', kind: 'ours', value: 200, text: '200' },
        { label: 'theirs', kind: 'rival', value: 50, text: '50' },
      ],
    },
  ]);
  const widths = [...svg.matchAll(/<rect class="(?:ours|rival|c)" .*?width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  );
  assert.equal(widths.length, 2);
  assert.ok(Math.abs((widths[0] ?? 0) / (widths[1] ?? 1) - 4) < 0.01);
  assert.match(svg, /A &amp; B/);
  assert.match(svg, /&lt;ours&gt;/);
  assert.match(svg, /prefers-color-scheme: dark/);
});

test('the table has medians, ratios to the best of the others, and failures', () => {
  const results = new Results();
  const add = (id: string, ...messages: number[]): void => {
    const driver = drivers.find((one) => one.id === id) ?? assert.fail(id);
    const one = cases.find((each) => each.id === 'receive-qos0') ?? assert.fail();
    const result = results.of(one, driver);
    if (messages.length === 0) result.failures.push('messages: 9 of 10');
    for (const count of messages) {
      result.runs.push({ messages: count, counted: count, seconds: 1, cpuSeconds: 1, peerCpuSeconds: 1 });
    }
  };
  add('ours-thread', 2_000_000, 3_000_000, 2_500_000);
  add('mqtt.js', 500_000);
  add('aws-crt');
  add('c-poll', 5_000_000);
  const lines = printTable(
    cases.filter(({ id }) => id === 'receive-qos0'),
    results,
  ).split('\n');
  assert.match(lines.find((line) => line.includes('libmosquitto, thread')) ?? '', /2\.50 M .* 20 % +5\.00x +0\.50x$/);
  assert.match(lines.find((line) => line.includes('aws-crt')) ?? '', /failed: messages: 9 of 10/);
});
