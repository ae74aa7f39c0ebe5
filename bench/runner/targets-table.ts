// Prints whether the targets of performance are met.

import { columns } from './columns';
import { drivers } from './drivers';
import type { Verdict } from './targets';

/** The drive modes that have any ratio, always in the same order. */
function modesOf(verdicts: readonly Verdict[]): string[] {
  const ids = drivers.map(({ id }) => id);
  return ids.filter((id) => verdicts.some(({ ratios }) => ratios[id] !== undefined));
}

export function printTargets(verdicts: readonly Verdict[], rounds: number): string {
  const modes = modesOf(verdicts);
  const head = ['target', 'against', 'ratio', ...modes, ''];
  const rows = verdicts.map(({ text, opponent, better, limit, ratios, met }) => [
    text,
    opponent,
    `${better === 'more' ? '>=' : '<='} ${limit.toFixed(2)}x`,
    ...modes.map((mode) => (ratios[mode] === undefined ? '' : `${ratios[mode].toFixed(2)}x`)),
    met ? 'met' : 'NOT MET',
  ]);
  const met = verdicts.filter((verdict) => verdict.met).length;
  const title = `Targets: ratios of medians of ${rounds === 1 ? 'one round' : `up to ${rounds} rounds`}, by drive mode. The best mode counts, or the named one.`;
  return `${title}\n${columns([head, ...rows]).join('\n')}\n${met} of ${verdicts.length} met\n`;
}
