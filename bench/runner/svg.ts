// Draws bar charts in SVG. They follow the reader's light or dark setting, also inside <img>, as in a README.

export type Kind = 'ours' | 'rival' | 'c';

export interface Bar {
  readonly label: string;
  readonly kind: Kind;
  readonly value: number;
  readonly text: string;
}

export interface Panel {
  readonly title: string;
  /** The unit, and whether more or less is better. */
  readonly note: string;
  readonly bars: readonly Bar[];
}

const WIDTH = 760;
const MARGIN = 16;
const LABELS = 232;
const VALUES = 84;
const ROW = 22;
const BAR = 14;
const HEAD = 30;
const TITLE = 44;
const GAP = 14;

// Colours with a contrast of 3:1 to the background, and of 4.5:1 for text.
const STYLE = `
  svg { font: 13px system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
  .background { fill: #ffffff; }
  text { fill: #1f2328; }
  .title { font-size: 17px; font-weight: 600; }
  .panel { font-weight: 600; }
  .note { fill: #59636e; font-weight: 400; }
  .value { font-variant-numeric: tabular-nums; }
  .axis { stroke: #d1d9e0; }
  .ours { fill: #1a7f37; }
  .rival { fill: #818b98; }
  .c { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    .background { fill: #0d1117; }
    text { fill: #f0f6fc; }
    .note { fill: #9198a1; }
    .axis { stroke: #3d444d; }
    .ours { fill: #3fb950; }
    .rival { fill: #7d8590; }
    .c { fill: #4493f8; }
  }`;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function bars(panel: Panel, top: number): string[] {
  const most = Math.max(...panel.bars.map(({ value }) => value), Number.MIN_VALUE);
  const room = WIDTH - 2 * MARGIN - LABELS - VALUES;
  const left = MARGIN + LABELS;
  return panel.bars.flatMap(({ label, kind, value, text }, i) => {
    const y = top + HEAD + i * ROW;
    const width = Math.max(1, (value / most) * room);
    const middle = y + BAR / 2 + 4.5;
    return [
      `<text x="${left - 8}" y="${middle}" text-anchor="end">${escaped(label)}</text>`,
      `<rect class="${kind}" x="${left}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`,
      `<text class="value" x="${(left + width + 6).toFixed(1)}" y="${middle}">${escaped(text)}</text>`,
    ];
  });
}

function drawPanel(panel: Panel, top: number): string[] {
  const left = MARGIN + LABELS;
  const bottom = top + HEAD + panel.bars.length * ROW - (ROW - BAR) + 3;
  return [
    `<text class="panel" x="${MARGIN}" y="${top + 16}">${escaped(panel.title)}` +
      ` <tspan class="note" dx="6">${escaped(panel.note)}</tspan></text>`,
    `<line class="axis" x1="${left}" y1="${top + HEAD - 3}" x2="${left}" y2="${bottom}"/>`,
    ...bars(panel, top),
  ];
}

export function drawChart(title: string, panels: readonly Panel[]): string {
  const body: string[] = [];
  let top = TITLE;
  for (const panel of panels) {
    body.push(...drawPanel(panel, top));
    top += HEAD + panel.bars.length * ROW + GAP;
  }
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}\n</style>`,
    `<rect class="background" width="${WIDTH}" height="${top}" rx="6"/>`,
    `<text class="title" x="${MARGIN}" y="28">${escaped(title)}</text>`,
    ...body,
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}
