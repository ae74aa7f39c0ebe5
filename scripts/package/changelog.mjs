// Edits CHANGELOG.md, in the format of Keep a Changelog: the unreleased entries become the section of a version.
import { UserError } from '../lib/log.mjs';

const order = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];

/**
 * @param {string} text
 * @returns {{ head: string, sections: { title: string, body: string }[] }}
 */
function parse(text) {
  const [head = '', ...parts] = text.split(/^## /m);
  const sections = parts.map((part) => {
    const end = part.indexOf('\n');
    return { title: part.slice(0, end).trim(), body: part.slice(end + 1).trim() };
  });
  return { head, sections };
}

/**
 * Returns the entries of several sections under one set of headings.
 * @param {string[]} bodies
 */
function merge(bodies) {
  /** @type {Map<string, string[]>} */
  const kinds = new Map();
  for (const [, kind = '', entries = ''] of bodies
    .join('\n\n')
    .matchAll(/^### (.+)\n([\s\S]*?)(?=^### |$(?![\s\S]))/gm)) {
    if (!order.includes(kind)) throw new UserError(`CHANGELOG.md: '${kind}' is none of ${order.join(', ')}`);
    kinds.set(kind, [...(kinds.get(kind) ?? []), entries.trim()]);
  }
  return order
    .filter((kind) => kinds.has(kind))
    .map((kind) => `### ${kind}\n\n${(kinds.get(kind) ?? []).join('\n')}`)
    .join('\n\n');
}

/**
 * @param {string} text of CHANGELOG.md
 * @param {string} version to be released
 * @param {string} date as 2026-01-31
 * @returns {{ text: string, notes: string }} the new text, and the new section without its title
 */
export function released(text, version, date) {
  const { head, sections } = parse(text);
  // The unreleased section may already have the number of the new version.
  const isOpen = (/** @type {string} */ title) => ['[Unreleased]', `[${version}] - unreleased`].includes(title);
  const notes = merge(sections.filter(({ title }) => isOpen(title)).map(({ body }) => body));
  if (notes === '') throw new UserError('CHANGELOG.md: the section [Unreleased] is empty');
  const others = sections.filter(({ title }) => !isOpen(title));
  if (others.some(({ title }) => title.startsWith(`[${version}]`))) {
    throw new UserError(`CHANGELOG.md: ${version} has been released`);
  }
  const all = [{ title: '[Unreleased]', body: '' }, { title: `[${version}] - ${date}`, body: notes }, ...others];
  const written = all.map(({ title, body }) => (body === '' ? `## ${title}` : `## ${title}\n\n${body}`));
  return { text: `${head}${written.join('\n\n')}\n`, notes };
}
