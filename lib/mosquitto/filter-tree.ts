// Finds the handlers of message_callback_add() whose filters match the topic of a message.

const SHARED = '$share/';

interface Node<V> {
  readonly children: Map<string, Node<V>>;
  /** The filters that end here. There are several only with shared subscriptions: one for each group, and the plain filter. */
  readonly entries: Entry<V>[];
}

interface Entry<V> {
  readonly filter: string;
  value: V;
  /** The number of filters that were added before; matching filters are sorted by it. */
  readonly order: number;
}

function new_node<V>(): Node<V> {
  return { children: new Map(), entries: [] };
}

/**
 * Returns the part of a filter that the topics of messages have to match. For a shared subscription,
 * '$share/group/filter', it is only the filter, because messages arrive with their own topics. Returns '' when the group or
 * the filter is missing.
 */
export function matched_part(filter: string): string {
  if (!filter.startsWith(SHARED)) return filter === '$share' ? '' : filter;
  const [, group = '', ...rest] = filter.split('/');
  return group === '' || /[+#]/.test(group) ? '' : rest.join('/');
}

/**
 * Values by subscription filter, as a tree of topic levels. The time to find the matching values depends on the number of
 * levels of the topic, and not on the number of filters.
 */
export class FilterTree<V> {
  readonly #root: Node<V> = new_node();
  #size = 0;
  #order = 0;

  get size(): number {
    return this.#size;
  }

  /** Sets the value of a filter. A filter that already has a value keeps its place in the order. */
  set(filter: string, value: V): void {
    let node = this.#root;
    for (const level of matched_part(filter).split('/')) {
      let child = node.children.get(level);
      if (child === undefined) {
        child = new_node();
        node.children.set(level, child);
      }
      node = child;
    }
    const entry = node.entries.find((known) => known.filter === filter);
    if (entry !== undefined) {
      entry.value = value;
      return;
    }
    node.entries.push({ filter, value, order: this.#order++ });
    this.#size++;
  }

  delete(filter: string): void {
    const path: Array<[parent: Node<V>, level: string]> = [];
    let node = this.#root;
    for (const level of matched_part(filter).split('/')) {
      const child = node.children.get(level);
      if (child === undefined) return;
      path.push([node, level]);
      node = child;
    }
    const at = node.entries.findIndex((known) => known.filter === filter);
    if (at < 0) return;
    node.entries.splice(at, 1);
    this.#size--;
    // Levels that no longer lead to a filter are removed too.
    for (const [parent, level] of path.reverse()) {
      const child = parent.children.get(level);
      if (child === undefined || child.entries.length > 0 || child.children.size > 0) break;
      parent.children.delete(level);
    }
  }

  /** The values of all filters that match a topic, in the order in which they were added. */
  matching(topic: string): V[] {
    const found: Array<Entry<V>> = [];
    // MQTT: a wildcard at the first level does not match topics that begin with `$`, which are the broker's own.
    collect(this.#root, topic.split('/'), 0, !topic.startsWith('$'), found);
    if (found.length > 1) found.sort((one, other) => one.order - other.order);
    return found.map(({ value }) => value);
  }
}

function collect<V>(
  node: Node<V>,
  levels: readonly string[],
  depth: number,
  wildcards: boolean,
  found: Array<Entry<V>>,
): void {
  // `#` also matches its parent level: `a/#` matches `a`.
  const rest = wildcards ? node.children.get('#') : undefined;
  if (rest !== undefined) found.push(...rest.entries);
  const level = levels[depth];
  if (level === undefined) {
    found.push(...node.entries);
    return;
  }
  const same = node.children.get(level);
  if (same !== undefined) collect(same, levels, depth + 1, true, found);
  const any = wildcards ? node.children.get('+') : undefined;
  if (any !== undefined) collect(any, levels, depth + 1, true, found);
}
