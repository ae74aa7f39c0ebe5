import assert from 'node:assert/strict';
import { cpSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { build } from 'esbuild';
import { sharedBroker } from '../support/scope';
import { scaled } from '../support/wait';
import { filesIn, folderFor, installed, nodeLines, nodeOfLine, run, succeed } from './package';
import { commonjs, esm, judge, program, smoke } from './smoke';

// Tests the installed package in environments that often break native addons: workers, two copies, bundles,
// permissions.

const limit = { timeout: scaled(180_000) };
const broker = sharedBroker();

/** Runs a program in one worker for each script, all at once; prints when all have ended. */
const workers = `
const { Worker } = require('node:worker_threads');
const [port, ...scripts] = process.argv.slice(2);
for (const script of scripts) {
  const worker = new Worker(script, { argv: [port], stdout: true });
  let text = '';
  worker.stdout.on('data', (part) => { text += part; });
  worker.on('exit', (code) => console.log(JSON.stringify({ script, code, text })));
}
`;

/** Two clients with one id would disconnect each other. */
const anyone = (text: string): string => text.replace("'smoke'", 'null');
/** The clients must not receive each other's messages either. */
const own = (text: string, topic: string): string => anyone(text).replaceAll('smoke/', `${topic}/`);

test('in worker threads, several at once, on every line of Node', limit, async (t) => {
  const cwd = await installed(t);
  program(cwd, 'main.cjs', workers);
  const scripts = ['a', 'b', 'c'].map((name) => program(cwd, `${name}.cjs`, own(commonjs, name)));
  for (const line of nodeLines) {
    const args = ['main.cjs', String(broker().port), ...scripts];
    const lines = (await succeed(nodeOfLine(line), args, { cwd })).split('\n').map((text) => JSON.parse(text));
    assert.deepEqual(lines.map(({ script }) => script).sort(), scripts, line);
    for (const { script, code, text } of lines) {
      assert.equal(code, 0);
      const topic = relative(cwd, script).replace('.cjs', '');
      judge(text.trim().replace(`"${topic}/`, '"smoke/'));
    }
  }
});

/** Loads the package twice, in this order and at once, and sends messages through both. */
const both = (first: string, second: string): string => `
const a = require(${JSON.stringify(first)});
const b = require(${JSON.stringify(second)});
if (a.Mosquitto === b.Mosquitto) throw new Error('one copy, not two');
const { readFileSync } = require('node:fs');
const addons = new Set(readFileSync('/proc/self/maps', 'utf8').match(/\\/.*\\.node$/gm));
const port = Number(process.argv[2]);
const round = ({ Mosquitto }, name) => new Promise((resolve) => {
  const client = new Mosquitto();
  client.on_connect = (mosq) => mosq.subscribe(name, 1);
  client.on_subscribe = (mosq) => mosq.publish(name, name, 1);
  let got = '';
  client.on_message = (mosq, _obj, msg) => { got = msg.payload.toString(); mosq.disconnect(); };
  client.on_disconnect = (mosq) => { mosq.loop_stop(); resolve(got); };
  const rc = client.connect('127.0.0.1', port, 60);
  if (rc !== 0) throw new Error('connect: ' + rc);
  client.loop_start();
});
Promise.all([round(a, 'copy/a'), round(b, 'copy/b')]).then((got) => {
  console.log(JSON.stringify({ got, addons: addons.size }));
});
`;

async function two_copies(t: TestContext, copy: (from: string, to: string) => void, addons: number): Promise<void> {
  const cwd = await installed(t);
  const first = join(cwd, 'node_modules', 'libmosquitto');
  const second = join(cwd, 'node_modules', 'other', 'node_modules', 'libmosquitto');
  mkdirSync(join(second, '..'), { recursive: true });
  copy(first, second);
  const script = program(cwd, 'both.cjs', both(first, second));
  for (const line of nodeLines) {
    const text = await succeed(nodeOfLine(line), [script, String(broker().port)], { cwd });
    assert.deepEqual(JSON.parse(text), { got: ['copy/a', 'copy/b'], addons }, line);
  }
}

test('twice in one process, as two dependencies bring it: both work', limit, (t) =>
  two_copies(t, (from, to) => cpSync(from, to, { recursive: true }), 2),
);

test('twice in one process, where both copies are one file, as pnpm links them: both work', limit, (t) =>
  two_copies(
    t,
    (from, to) => {
      for (const file of filesIn(from)) {
        mkdirSync(join(to, file, '..'), { recursive: true });
        linkSync(join(from, file), join(to, file));
      }
    },
    1,
  ),
);

test('under the permission model: works with --allow-addons, and says so without it', limit, async (t) => {
  const cwd = await installed(t);
  const script = program(cwd, 'user.cjs', commonjs);
  for (const line of nodeLines) {
    const node = nodeOfLine(line);
    const permission = Number(line) < 24 ? '--experimental-permission' : '--permission';
    // From Node 25 on the permission model restricts Node's own sockets, too, but not libmosquitto's.
    const allowed = [permission, `--allow-fs-read=${cwd}`, '--allow-addons', '--no-warnings'];
    await smoke(node, [...allowed, script], broker().port, { cwd });

    const refused = await run(node, [permission, '--allow-fs-read=*', script, '1'], { cwd });
    assert.notEqual(refused.code, 0, line);
    assert.match(refused.stderr, /AddonLoadError.*libmosquitto: its native addon could not be loaded/, line);
    assert.match(refused.stderr, /permission model forbids native addons: start node with --allow-addons too/, line);
    assert.doesNotMatch(refused.stderr, /libmosquitto build/, line);
  }
});

test('under the permission model, without leave to read the binaries: says which flag gives it', limit, async (t) => {
  const cwd = await installed(t);
  const script = program(cwd, 'user.cjs', commonjs);
  const installed_in = join(cwd, 'node_modules', 'libmosquitto');
  const readable = [...['dist', 'package.json'].map((name) => join(installed_in, name)), script];
  const args = ['--permission', '--allow-addons', ...readable.map((path) => `--allow-fs-read=${path}`), script, '1'];
  const { code, stderr } = await run(nodeOfLine('24'), args, { cwd });
  assert.notEqual(code, 0);
  assert.ok(stderr.includes(`start node with --allow-fs-read='${installed_in}' too`), stderr);
});

for (const format of ['esm', 'cjs'] as const) {
  test(`bundled by esbuild as ${format}, the package left external`, limit, async (t) => {
    const cwd = await installed(t);
    const outfile = join(cwd, 'out', format === 'esm' ? 'bundle.mjs' : 'bundle.cjs');
    const source = program(cwd, 'user.ts', esm);
    const external = ['libmosquitto'];
    await build({ entryPoints: [source], outfile, bundle: true, platform: 'node', format, external, minify: true });
    await smoke(process.execPath, [outfile], broker().port, { cwd });
  });
}

test('bundled by esbuild whole, LIBMOSQUITTO_ADDON naming the binary', limit, async (t) => {
  const cwd = await installed(t);
  const away = folderFor(t, 'deployed');
  const source = program(cwd, 'user.ts', esm);
  const outfile = join(away, 'bundle.cjs');
  await build({ entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'cjs', absWorkingDir: cwd });
  const folder = join(cwd, 'node_modules', 'libmosquitto', 'prebuilds', `${process.platform}-${process.arch}`);
  const [name = ''] = readdirSync(folder);
  const addon = join(away, 'addon.node');
  cpSync(join(folder, name), addon);
  await smoke(process.execPath, [outfile], broker().port, { cwd: away, env: { LIBMOSQUITTO_ADDON: addon } });
});

test('in a folder whose name has spaces, quotes and letters that are not ASCII', limit, async (t) => {
  const cwd = await installed(t, { name: "m\u00fcller's \u30d5\u30a9\u30eb\u30c0 $HOME" });
  await smoke(process.execPath, [program(cwd, 'user.mjs', esm)], broker().port, { cwd });
  await smoke(process.execPath, [program(cwd, 'user.cjs', commonjs)], broker().port, { cwd });
});
