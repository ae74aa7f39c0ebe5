import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { assertExpected } from '../fixtures/windows-expected';
import { sharedCertificates } from '../support/certificates';
import { brokerFor, defer, refusedPortFor } from '../support/scope';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';
import { gatewayFor } from '../support/websocket-gateway';
import { given } from './prebuilds';

// Tests the binary for Windows under Wine. `npm run test:windows` runs this.

const run = promisify(execFile);
const certificates = sharedCertificates();
const EXCHANGE = join(__dirname, '..', 'fixtures', 'windows-exchange.js');
const addon = (): string => given('LIBMOSQUITTO_ADDON_WINDOWS');

/** Wine shows the root folder as a drive. */
const seen = (path: string): string => `Z:${path.replaceAll('/', '\\')}`;

test('it needs Windows and Node alone, and exports what Node looks for', async () => {
  const { stdout } = await run('x86_64-w64-mingw32-objdump', ['-p', addon()], { maxBuffer: 2 ** 26 });
  const needed = [...stdout.matchAll(/DLL Name: (\S+)/g)].map((match) => match[1]?.toLowerCase()).sort();
  const system = [
    'advapi32.dll',
    'bcrypt.dll',
    'crypt32.dll',
    'kernel32.dll',
    'msvcrt.dll',
    'user32.dll',
    'ws2_32.dll',
  ];
  assert.deepEqual(
    needed.filter((name) => !system.includes(name ?? '')),
    ['node.exe'],
  );
  const exported = stdout.slice(stdout.indexOf('[Ordinal/Name Pointer] Table'));
  const names = [...exported.matchAll(/^\t\[ *\d+\] (\w+)$/gm)].map((match) => match[1]);
  assert.deepEqual(names, ['napi_register_module_v1', 'node_api_module_get_api_version_v1']);
});

test('under Wine clients exchange messages in each way', { timeout: scaled(120000) }, async (t) => {
  const plain = await brokerFor(t);
  const { port: tls } = await tlsBrokerFor(t, certificates());
  const { port: websockets } = await gatewayFor(t, plain);
  const ports = [plain.port, tls, websockets, await refusedPortFor(t)].map(String);
  const args = [seen(join(given('LIBMOSQUITTO_NODE_WINDOWS'), 'bin', 'node.exe')), seen(EXCHANGE), ...ports];
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-windows-'));
  defer(t, () => rmSync(folder, { recursive: true }));
  const report = join(folder, 'report.json');
  await run(given('LIBMOSQUITTO_WINE'), [...args, seen(certificates().ca.cert), seen(report)], {
    env: { ...process.env, LIBMOSQUITTO_ADDON: seen(addon()) },
  });
  assertExpected(JSON.parse(readFileSync(report, 'utf8')));
});
