import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { addonFile, dynamicSection, dynamicSymbols, FOREIGN, isSanitized } from './addon';

// Tests the dynamic symbols of the addon. Node exports its own OpenSSL and c-ares, so the dynamic linker could bind the
// addon's references to the wrong library.

const file = addonFile();
const symbols = dynamicSymbols(file);
const section = dynamicSection(file);
const { linkage } = build_info();
const needed = section.filter(([tag]) => tag === 'NEEDED').map(([, value]) => value);
const sanitized = isSanitized(symbols);

const undefinedNames = (): string[] => symbols.filter(({ type }) => 'Uwv'.includes(type)).map(({ name }) => name);

describe(`the addon's binary (${linkage})`, () => {
  test('needs only libraries that every Node installation has, and the system libmosquitto where it is linked', () => {
    const usual =
      /^(libstdc\+\+\.so\.6|libm\.so\.6|libgcc_s\.so\.1|libc\.so\.6|libpthread\.so\.0|libdl\.so\.2|ld-linux-.*)$/;
    const others = needed.filter((name) => !usual.test(name) && !(sanitized && /^lib\w+san\.so/.test(name)));
    assert.deepEqual(others, linkage === 'system' ? ['libmosquitto.so.1'] : []);
  });

  test('has no path of the machine that built it to search libraries in', () => {
    assert.deepEqual(
      section.filter(([tag]) => tag === 'RPATH' || tag === 'RUNPATH'),
      [],
    );
  });

  test('leaves no OpenSSL, c-ares or libmosquitto name to the dynamic linker, but the libmosquitto that is linked', () => {
    const open = undefinedNames().filter((name) => FOREIGN.test(name));
    if (linkage === 'static') assert.deepEqual(open, []);
    else assert.ok(open.includes('mosquitto_new') && open.every((name) => name.startsWith('mosquitto_')), open.join());
  });

  // The other tests do not apply to a sanitizer's build: it is not what users get.
  if (sanitized) return;

  test("asks Node for Node-API's and libuv's functions and for nothing else", () => {
    const unversioned = symbols.filter(({ type, version }) => type === 'U' && version === '').map(({ name }) => name);
    const known = /^(napi_|node_api_|uv_)/;
    const others = unversioned.filter((name) => !known.test(name));
    assert.deepEqual(linkage === 'system' ? others.filter((name) => !name.startsWith('mosquitto_')) : others, []);
    assert.ok(unversioned.some((name) => name.startsWith('napi_')));
  });

  test("exports what Node-API needs and nothing else, lest another addon's OpenSSL or C++ code binds to it", () => {
    const exported = symbols.filter(({ type }) => !'Uwv'.includes(type)).map(({ name }) => name);
    const entry = ['napi_register_module_v1', 'node_api_module_get_api_version_v1'];
    // The system's libmosquitto is to find these in place of the C library's: see native/driver/libc_hooks.cc.
    const hooks = linkage === 'system' ? ['SSL_connect', 'bind', 'connect', 'getaddrinfo', 'socket', 'socketpair'] : [];
    assert.deepEqual(
      exported.filter((name) => !entry.includes(name) && !hooks.includes(name)),
      [],
    );
    assert.ok(exported.includes('napi_register_module_v1'));
  });
});
