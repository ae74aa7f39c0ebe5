import { strict as assert } from 'node:assert';
import { join } from 'node:path';

/** The name of a compiled example for runChild(). */
export function exampleFixture(name: string): string {
  return join('..', '..', 'examples', name);
}

/** Asserts that the output has a line for each pattern, in this order; other lines may be between them. */
export function assertLines(output: string, patterns: readonly RegExp[]): void {
  const lines = output.split('\n');
  let from = 0;
  for (const pattern of patterns) {
    const index = lines.findIndex((line, at) => at >= from && pattern.test(line));
    assert.notEqual(index, -1, `no line ${String(pattern)} from line ${from + 1} on in:\n${output}`);
    from = index + 1;
  }
}
