interface Node<V> {
  readonly children: Map<string, Node<V>>;
  entry: Entry<V> | null;
}

interface Entry<V> {
  readonly value: V;
  /** When it was added: those that match come in this order. */
  readonly order: number;
}

function new_node<V>(): Node<V> {
  return { children: new Map(), entry: null };
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
    for (const level of filter.split('/')) {
      let child = node.children.get(level);
      if (child === undefined) {
        child = new_node();
        node.children.set(level, child);
      }
      node = child;
    }
    if (node.entry === null) this.#size++;
    node.entry = { value, order: node.entry?.order ?? this.#order++ };
  }

  delete(filter: string): void {
    const path: Array<[parent: Node<V>, level: string]> = [];
    let node = this.#root;
    for (const level of filter.split('/')) {
      const child = node.children.get(level);
      if (child === undefined) return;
      path.push([node, level]);
      node = child;
    }
    if (node.entry === null) return;
    node.entry = null;
    this.#size--;
    // What leads nowhere any more goes with it.
    for (const [parent, level] of path.reverse()) {
      const child = parent.children.get(level);
      if (child === undefined || child.entry !== null || child.children.size > 0) break;
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
  const rest = wildcards ? node.children.get('#')?.entry : undefined;
  if (rest) found.push(rest);
  const level = levels[depth];
  if (level === undefined) {
    if (node.entry !== null) found.push(node.entry);
    return;
  }
  const same = node.children.get(level);
  if (same !== undefined) collect(same, levels, depth + 1, true, found);
  const any = wildcards ? node.children.get('+') : undefined;
  if (any !== undefined) collect(any, levels, depth + 1, true, found);
}
