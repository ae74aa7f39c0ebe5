const SHARED = '$share/';

interface Node<V> {
  readonly children: Map<string, Node<V>>;
  /** More than one only for shared subscriptions: those of every group, and the filter itself. */
  readonly entries: Entry<V>[];
}

interface Entry<V> {
  readonly filter: string;
  value: V;
  /** When it was added: those that match come in this order. */
  readonly order: number;
}

function new_node<V>(): Node<V> {
  return { children: new Map(), entries: [] };
}

/**
 * The part of a filter that messages are to match: of a shared subscription, '$share/group/filter', the filter alone,
 * for they come under their own topics. '' when the group or the filter is missing.
 */
export function matched_part(filter: string): string {
  if (!filter.startsWith(SHARED)) return filter === '$share' ? '' : filter;
  const [, group = '', ...rest] = filter.split('/');
  return group === '' || /[+#]/.test(group) ? '' : rest.join('/');
}

/**
 * Values by subscription filter. Finding those that match a topic costs what the topic's levels cost, however many
 * filters there are.
 */
export class FilterTree<V> {
  readonly #root: Node<V> = new_node();
  #size = 0;
  #order = 0;

  get size(): number {
    return this.#size;
  }

  /** A value that the filter had before is replaced, and its place in the order kept. */
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
    // Levels that lead nowhere any more go with it.
    for (const [parent, level] of path.reverse()) {
      const child = parent.children.get(level);
      if (child === undefined || child.entries.length > 0 || child.children.size > 0) break;
      parent.children.delete(level);
    }
  }

  /** The values of all filters that match a topic, in the order in which they were added. */
  matching(topic: string): V[] {
    const found: Array<Entry<V>> = [];
    // Wildcards at the first level do not match the topics that a broker keeps for itself.
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
  // `#` stands for no further level too.
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
