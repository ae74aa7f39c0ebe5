// node scripts/prose.mjs [FOLDER]: refuses sentences in comments, and commit subjects, that begin with a noun clause
// instead of a subject. It also refuses commit subjects that are too long for one line of git log.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { comments } from './lib/comments.mjs';
import { filesBelow } from './lib/hash.mjs';
import { main } from './lib/log.mjs';
import { root } from './lib/paths.mjs';
import { output } from './lib/run.mjs';

const refused = /^[^\p{L}\p{N}`'"]*(what|who|of|so that)\b/iu;
// A sentence that begins with Where and has no comma is taken for a noun phrase: "Where the package has it."
const refusedPlace = /^[^\p{L}\p{N}`'"]*where\b[^,:;]*(?:[:;]|$)/iu;
const betweenSentences = /(?<=[.!?]['")\]]*)\s+(?=\(?\p{Lu}|@)/u;
const longestSubject = 72;
// The last commit whose subject breaks the rule. A shallow clone that lacks it has only newer commits.
const ruleBegins = 'f76ebba43d50207f89e528206150622e26e908a4';

const places = ['lib', 'native', 'test', 'bench', 'scripts', 'examples', '.ci', '.github'];
const files = ['CMakeLists.txt', 'binding.gyp', '.clang-format', '.clang-tidy'];

/**
 * @param {string} folder
 * @returns {string[]} the files with comments, without those that git ignores: products of a build, and other projects
 */
function sources(folder) {
  const names = [...places, ...files];
  const known = output('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...names], {
    cwd: folder,
  });
  const found = known === null ? names : known.split('\n').filter((name) => name !== '');
  return filesBelow(found.map((name) => join(folder, name)));
}

/**
 * @param {string} text of a comment
 * @returns {string[]} the sentences that are refused
 */
function refusedSentences(text) {
  return text.split(betweenSentences).filter((sentence) => refused.test(sentence) || refusedPlace.test(sentence));
}

/**
 * @param {string} folder
 * @returns {string[]} one line for each sentence of a comment that is refused
 */
function refusedComments(folder) {
  return sources(folder).flatMap((file) =>
    comments(file, readFileSync(file, 'utf8')).flatMap(({ line, text }) =>
      refusedSentences(text).map((sentence) => `${relative(folder, file)}:${line}: ${sentence.slice(0, 60)}`),
    ),
  );
}

/**
 * @param {string} folder
 * @returns {string[]} one line for each subject that is refused; none without git or its repository
 */
function refusedSubjects(folder) {
  const git = (/** @type {string[]} */ ...args) => output('git', args, { cwd: folder });
  const since = git('cat-file', '-e', `${ruleBegins}^{commit}`) === null ? [] : [`^${ruleBegins}`];
  const log = git('log', '--no-merges', '--format=%h %s', 'HEAD', ...since);
  if (log === null) console.log('No commit subjects were looked at: git log fails here.');
  return (log ?? '').split('\n').flatMap((line) => {
    const [hash = '', ...words] = line.split(' ');
    const subject = words.join(' ');
    if (subject.length > longestSubject) return [`commit ${hash}: ${subject.length} characters: ${subject}`];
    return refused.test(subject) ? [`commit ${hash}: ${subject}`] : [];
  });
}

await main(() => {
  const folder = process.argv[2] ?? root;
  const found = [...refusedComments(folder), ...refusedSubjects(folder)];
  for (const line of found) console.error(line);
  if (found.length > 0)
    console.error('Begin each sentence with its subject: not with What, Who, Of, So that or Where.');
  return found.length > 0 ? 1 : 0;
});
