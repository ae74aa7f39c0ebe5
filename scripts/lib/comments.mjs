// Finds the comments of a source file. Consecutive line comments that begin in one column are one comment.
import ts from 'typescript';

/**
 * @typedef {object} Comment
 * @property {number} line the first one's, from 1
 * @property {string} text without the marks around it, on one line
 *
 * @typedef {object} Range
 * @property {number} pos
 * @property {number} end
 */

/** @type {[RegExp, (text: string) => Range[]][]} */
const languages = [
  [/\.[cm]?[jt]s$/, inTypeScript],
  [/\.(cc|c|h|map)$/, inC],
  [/(\.(ya?ml|sh|supp|gyp|clang-format|clang-tidy)|CMakeLists\.txt|\.ci\/run)$/, inShell],
];

/**
 * @param {string} file its name decides the language
 * @param {string} text
 * @returns {Comment[]} none where the language is not known
 */
export function comments(file, text) {
  const ranges = languages.find(([names]) => names.test(file))?.[1](text) ?? [];
  /** @type {(Comment & { column: number, next: number })[]} */
  const found = [];
  for (const { pos, end } of ranges) {
    const raw = text.slice(pos, end);
    const before = text.slice(0, pos).split('\n');
    const line = before.length;
    const column = before.at(-1)?.length ?? 0;
    const next = line + raw.split('\n').length;
    const words = raw.replace(/^(\/\*+|\/\/+|#+)|\*\/$/g, '').replace(/^[ \t]*\*/gm, '');
    const wording = words.replace(/\s+/g, ' ').trim();
    const last = found.at(-1);
    if (last && !raw.startsWith('/*') && last.next === line && last.column === column) {
      last.text = `${last.text} ${wording}`.trim();
      last.next = next;
    } else {
      // A block comment is complete at its end.
      found.push({ line, column, text: wording, next: raw.startsWith('/*') ? -1 : next });
    }
  }
  return found;
}

/**
 * In TypeScript the trivia between tokens contains only comments, in template strings too.
 * @param {string} text
 */
function inTypeScript(text) {
  const source = ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true);
  /** @type {Map<number, Range>} */
  const ranges = new Map();
  /** @param {import('typescript').Node} node */
  const visit = (node) => {
    // A doc comment is trivia as well. The last one of the file may have no token behind it.
    const children = node.getChildren(source).filter((child) => !ts.isJSDoc(child));
    children.forEach(visit);
    if (children.length > 0) return;
    for (const find of [ts.getTrailingCommentRanges, ts.getLeadingCommentRanges]) {
      for (const range of find(text, node.pos) ?? []) {
        if (range.end <= node.getStart(source)) ranges.set(range.pos, range);
      }
    }
  };
  visit(source);
  return [...ranges.values()].sort((a, b) => a.pos - b.pos);
}

/**
 * In C, the expression matches strings, characters and numbers (1'000) too, so that no comment is found inside them.
 * @param {string} text
 */
function inC(text) {
  const tokens =
    /R"([^(]*)\([\s\S]*?\)\1"|"(?:\\.|[^"\\\n])*"|\b\d[\w.']*|'(?:\\.|[^'\\\n])*'|\/\*[\s\S]*?\*\/|\/\/.*/g;
  return rangesOf(text.matchAll(tokens)).filter(({ pos }) => text[pos] === '/');
}

/**
 * In shell, a # at the beginning of a word begins a comment; strings are not recognised.
 * @param {string} text
 */
function inShell(text) {
  return rangesOf(text.matchAll(/(?<=^|\s)#(?!!).*/gm));
}

/** @param {Iterable<RegExpExecArray>} matches */
function rangesOf(matches) {
  return [...matches].map(({ index, 0: { length } }) => ({ pos: index, end: index + length }));
}
