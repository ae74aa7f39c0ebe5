// Tests which library the dynamic linker binds each reference to. A reference to the wrong OpenSSL would crash.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { scaled } from '../support/wait';
import { addonFile, dynamicSymbols, FOREIGN, isSanitized } from './addon';

interface Binding {
  readonly from: string;
  readonly to: string;
  readonly symbol: string;
}

/** The bindings that the dynamic linker makes in a process that loads the package and creates a client. */
function bindings(): Binding[] {
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-bindings-'));
  try {
    const program = "const { Mosquitto } = require('libmosquitto'); new Mosquitto().destroy();";
    const { NODE_TEST_CONTEXT: _ours, ...env } = process.env;
    execFileSync(process.execPath, ['-e', program], {
      cwd: __dirname,
      env: { ...env, LD_DEBUG: 'bindings', LD_DEBUG_OUTPUT: join(folder, 'bindings') },
      timeout: scaled(60000),
    });
    return readdirSync(folder).flatMap((name) => parse(readFileSync(join(folder, name), 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parse(text: string): Binding[] {
  const lines = text.matchAll(/binding file (\S+) \[\d+\] to (\S+) \[\d+\]: normal symbol `([^']+)'/g);
  return [...lines].map(([, from = '', to = '', symbol = '']) => ({ from: basename(from), to: basename(to), symbol }));
}

describe(`what the dynamic linker binds to what (${build_info().linkage})`, () => {
  const file = addonFile();
  const addon = basename(file);
  const node = new Set([basename(process.execPath), basename(realpathSync(process.execPath))]);
  // Everything that came into the process with the addon.
  const ours = /^(libmosquitto\.so|libssl\.so|libcrypto\.so|libcares\.so)/;
  let all: Binding[] = [];
  before(() => {
    all = bindings();
  });

  const toNode = (): Binding[] => all.filter(({ from, to }) => (from === addon || ours.test(from)) && node.has(to));

  test("Node's own OpenSSL and c-ares are used by nothing of ours", () => {
    assert.deepEqual(
      toNode().filter(({ symbol }) => FOREIGN.test(symbol)),
      [],
    );
  });

  test("the addon is bound to Node's Node-API and libuv, so this test does see bindings", () => {
    const symbols = toNode()
      .filter(({ from }) => from === addon)
      .map(({ symbol }) => symbol);
    assert.ok(symbols.filter((symbol) => symbol.startsWith('napi_')).length > 20);
    // A sanitizer's runtime, which Node is not linked with, disturbs the order of the search.
    if (isSanitized(dynamicSymbols(file))) return;
    const others = symbols.filter((symbol) => !/^(napi_|node_api_|uv_)/.test(symbol));
    // C++'s operators and inline functions may come from Node or from libstdc++: both are the same.
    assert.deepEqual(
      others.filter((symbol) => !symbol.startsWith('_Z')),
      [],
    );
  });

  test('OpenSSL, c-ares and libmosquitto references are bound as the build says', () => {
    const foreign = all.filter(({ from, symbol }) => from === addon && FOREIGN.test(symbol));
    if (build_info().linkage === 'static') {
      assert.deepEqual(foreign, []);
    } else {
      assert.ok(foreign.length > 0);
      assert.deepEqual(
        foreign.filter(({ to }) => !to.startsWith('libmosquitto.so.1')),
        [],
      );
      const library = all.filter(({ from, symbol }) => from.startsWith('libmosquitto.so.1') && /^SSL_/.test(symbol));
      assert.ok(library.length > 0);
      // The addon intercepts one of them: native/driver/libc_hooks.cc.
      assert.deepEqual(
        library.filter(({ to }) => !to.startsWith('libssl.so')),
        library.filter(({ symbol }) => symbol === 'SSL_connect'),
      );
    }
  });

  test('nothing but ourselves is bound to the addon', () => {
    const others = all.filter(({ from, to }) => to === addon && from !== addon && !ours.test(from) && !node.has(from));
    assert.deepEqual(others, []);
  });
});
