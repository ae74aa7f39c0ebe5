// Makes the tables of a coverage report: the share of reached lines for each part of the source, and the lines that no test
// reaches.

/** Lines of a file that have code, and how often each ran. @typedef {Map<number, number>} Lines */

/** The parts of the source. A file belongs to the part whose name its path begins with. */
const parts = [
  'lib/cli/',
  'lib/mosquitto/',
  'lib/native/',
  'native/client/',
  'native/convert/',
  'native/driver/',
  'native/libmosquitto/',
  'native/',
];

/** @param {Map<string, Lines>} files */
export function table(files) {
  /** @type {Map<string, { lines: number, reached: number }>} */
  const sums = new Map();
  for (const [file, lines] of files) {
    for (const name of [parts.find((part) => file.startsWith(part)) ?? file, 'all']) {
      const sum = sums.get(name) ?? { lines: 0, reached: 0 };
      sum.lines += lines.size;
      sum.reached += [...lines.values()].filter((count) => count > 0).length;
      sums.set(name, sum);
    }
  }
  const rows = [...sums].sort(([one], [other]) => (one === 'all' ? 1 : other === 'all' ? -1 : one < other ? -1 : 1));
  return [
    '| part | lines | reached | |',
    '|---|---|---|---|',
    ...rows.map(
      ([name, { lines, reached }]) =>
        `| \`${name}\` | ${lines} | ${reached} | ${((100 * reached) / lines).toFixed(1)} % |`,
    ),
  ].join('\n');
}

/** One line for each file, the one with most unreached lines first. @param {Map<string, Lines>} files */
export function uncovered(files) {
  const missed = [...files]
    .map(([file, lines]) => ({ file, lines: [...lines].filter(([, count]) => count === 0).map(([line]) => line) }))
    .filter(({ lines }) => lines.length > 0)
    .sort((one, other) => other.lines.length - one.lines.length);
  return missed.map(({ file, lines }) => `${file}: ${ranges(lines.sort((a, b) => a - b))}\n`).join('');
}

/** @param {number[]} lines */
function ranges(lines) {
  /** @type {[number, number][]} */
  const found = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else found.push([line, line]);
  }
  return found.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
}
