import assert from 'node:assert/strict';

export type QoS = 0 | 1 | 2;

/** Numbered messages as they arrive. The number is the count of earlier messages of the sender. */
export class Sequence {
  readonly #qos: QoS;
  readonly #arrived: number[] = [];
  readonly #seen = new Set<number>();

  constructor(qos: QoS) {
    this.#qos = qos;
  }

  take(number: number): void {
    this.#arrived.push(number);
    this.#seen.add(number);
  }

  /** The count of different messages that have arrived. */
  get count(): number {
    return this.#seen.size;
  }

  get last(): number {
    return this.#arrived.at(-1) ?? -1;
  }

  has(number: number): boolean {
    return this.#seen.has(number);
  }

  /**
   * Asserts that no message of QoS 0 arrived twice, that none of QoS 1 is lost, and that each of QoS 2 arrived once.
   * For every QoS the first copies are in order.
   */
  check(total: number, what: string): void {
    const firsts = [...this.#seen];
    const inverted = firsts.filter((number, index) => index > 0 && number < (firsts[index - 1] ?? 0));
    assert.deepEqual(inverted, [], `${what}: numbers that came after a later one`);
    if (this.#qos !== 1) {
      const times = new Map<number, number>();
      for (const number of this.#arrived) times.set(number, (times.get(number) ?? 0) + 1);
      const doubled = [...times].filter(([, count]) => count > 1).map(([number]) => number);
      assert.deepEqual(doubled, [], `${what}: numbers that came more than once`);
    }
    if (this.#qos === 0) return;
    const lost = Array.from({ length: total }, (_, number) => number).filter((number) => !this.#seen.has(number));
    assert.deepEqual(lost, [], `${what}: numbers that never came`);
  }
}
