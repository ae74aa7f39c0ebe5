import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { type ChildOptions, runChild } from '../support/child';
import { MODES, type Mode } from '../support/drive';
import { plainEnvironment } from '../support/environment';
import { opensslServerFor } from '../support/openssl-server';
import { defer } from '../support/scope';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';

// Tests that the machine's configuration of OpenSSL has no effect on the addon's own, bundled OpenSSL.

const limit = { timeout: scaled(120000) };
const certificates = sharedCertificates();

interface Result {
  rc: number;
  connack: number | null;
  disconnected: number | null;
  errors: string[];
  libraries: string[];
}

/** The configuration of a machine, and a word for the test's name. */
const CONFIGURATIONS = {
  // Only Red Hat's OpenSSL knows this line.
  'a line that only its distribution knows': [
    ...['openssl_conf = main', 'config_diagnostics = 1', '[main]', 'alg_section = algorithms'],
    ...['[algorithms]', 'rh-allow-sha1-signatures = yes', ''],
  ],
  'a provider of FIPS alone, which is not there': [
    ...['openssl_conf = main', '[main]', 'providers = providers', 'alg_section = algorithms'],
    ...['[providers]', 'fips = fips', 'base = base', '[fips]', 'activate = 1', 'module = /nonexistent/fips.so'],
    ...['[base]', 'activate = 1', '[algorithms]', 'default_properties = fips=yes', ''],
  ],
  'a provider to load': [
    ...['openssl_conf = main', '[main]', 'providers = providers'],
    ...['[providers]', 'default = usual', 'other = other', '[usual]', 'activate = 1'],
    ...['[other]', 'activate = 1', 'module = {dir}/other-provider.so', ''],
  ],
  'a least version that the broker does not speak': [
    ...['openssl_conf = main', '[main]', 'ssl_conf = ssl', '[ssl]', 'system_default = limits'],
    ...['[limits]', 'MinProtocol = TLSv1.3', ''],
  ],
} as const;
type Configuration = keyof typeof CONFIGURATIONS;

/** The file, and the files that it names. */
function configure(name: Configuration): string {
  const { dir } = certificates();
  const file = join(dir, `${name.replaceAll(/\W+/g, '-')}.cnf`);
  writeFileSync(file, CONFIGURATIONS[name].join('\n').replaceAll('{dir}', dir));
  const provider = join(dir, 'other-provider.so');
  if (!existsSync(provider)) compileProvider(provider);
  return file;
}

/** A provider without any algorithm: its only sign is that the process has loaded it. */
function compileProvider(file: string): void {
  const source = [
    'struct entry { int id; void (*function)(void); };',
    'static const struct entry none[1];',
    'int OSSL_provider_init(const void *handle, const struct entry *in, const struct entry **out, void **context);',
    'int OSSL_provider_init(const void *handle, const struct entry *in, const struct entry **out, void **context) {',
    '  (void)handle, (void)in;',
    '  *out = none;',
    '  *context = (void *)none;',
    '  return 1;',
    '}',
    '',
  ];
  writeFileSync(`${file}.c`, source.join('\n'));
  execFileSync('cc', ['-shared', '-fPIC', '-o', file, `${file}.c`], { env: plainEnvironment() });
}

async function connectIn(mode: Mode, port: number, options: ChildOptions): Promise<Result> {
  const { code, stdout, stderr } = await runChild('tls-configuration', {
    ...options,
    args: [mode, String(port), certificates().ca.cert],
  });
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout) as Result;
}

function assertUntouched({ rc, connack, errors, libraries }: Result): void {
  assert.deepEqual([rc, connack, errors], [0, 0, []]);
  assert.deepEqual(
    libraries.map((path) => basename(path)).filter((name) => /provider|fips|legacy|lib(ssl|crypto)/.test(name)),
    [],
  );
}

/** A server of TLS 1.2 that answers CONNECT. */
async function olderServerFor(t: TestContext): Promise<number> {
  const server = await opensslServerFor(t, certificates().server, ['-tls1_2']);
  let answered = 0;
  const timer = setInterval(() => {
    const asked = server.output().toString('latin1').split('MQTT').length - 1;
    for (; answered < asked; answered++) server.send(Buffer.from([0x20, 2, 0, 0]));
  }, 5);
  defer(t, () => clearInterval(timer));
  return server.port;
}

const MACHINES = '/etc/ssl/openssl.cnf';
const mounting = ['unshare', '--mount', '--', 'sh', '-c', `mount --bind "$0" ${MACHINES} && exec "$@"`];

/** Whether this user may create a mount namespace with another configuration. */
function mayMount(): boolean {
  if (!existsSync(MACHINES)) return false;
  const [file = '', ...args] = [...mounting, realpathSync(MACHINES), 'true'];
  return spawnSync(file, args, { env: plainEnvironment() }).status === 0;
}

// The system's library uses the system's OpenSSL, which knows the system's configuration.
if (build_info().linkage === 'static') {
  const ways: [string, (file: string) => ChildOptions][] = [
    ['named by OPENSSL_CONF', (file) => ({ env: { OPENSSL_CONF: file } })],
    ...(mayMount() ? [['of the machine', (file) => ({ under: [...mounting, file] })] as (typeof ways)[number]] : []),
  ];
  for (const [where, options] of ways) {
    for (const name of Object.keys(CONFIGURATIONS) as Configuration[]) {
      test(`the configuration ${where} is not loaded: ${name}`, limit, async (t) => {
        const port = name.includes('least version')
          ? await olderServerFor(t)
          : (await tlsBrokerFor(t, certificates())).port;
        for (const mode of MODES) assertUntouched(await connectIn(mode, port, options(configure(name))));
      });
    }
  }

  test(
    'LIBMOSQUITTO_OPENSSL_CONF names one that is loaded: its provider is there, its limit applies',
    limit,
    async (t) => {
      const { port } = await tlsBrokerFor(t, certificates());
      for (const mode of MODES) {
        const env = { LIBMOSQUITTO_OPENSSL_CONF: configure('a provider to load') };
        const { connack, libraries } = await connectIn(mode, port, { env });
        assert.equal(connack, 0);
        assert.ok(libraries.includes(join(certificates().dir, 'other-provider.so')), libraries.join('\n'));
      }
      const older = await olderServerFor(t);
      const env = { LIBMOSQUITTO_OPENSSL_CONF: configure('a least version that the broker does not speak') };
      const { connack, disconnected, errors } = await connectIn('thread', older, { env });
      assert.deepEqual([connack, disconnected], [null, 8]);
      assert.match(errors.join('\n'), /alert protocol version|unsupported protocol/);
    },
  );

  test('LIBMOSQUITTO_OPENSSL_CONF: without the file, or with a fault in it, no client is made', limit, async () => {
    for (const [file, reason] of [
      ['/nonexistent/openssl.cnf', /No such file or directory/],
      [configure('a line that only its distribution knows'), /unknown option/],
    ] as const) {
      const { code, stderr } = await runChild('tls-configuration', { env: { LIBMOSQUITTO_OPENSSL_CONF: file } });
      assert.equal(code, 1);
      assert.match(stderr, /MosquittoError: LIBMOSQUITTO_OPENSSL_CONF: /);
      assert.ok(stderr.includes(file), stderr);
      assert.match(stderr, reason);
      assert.match(stderr, /code: 'MOSQ_ERR_TLS'/);
    }
  });

  test('LIBMOSQUITTO_OPENSSL_CONF without a value loads nothing', limit, async (t) => {
    const { port } = await tlsBrokerFor(t, certificates());
    assertUntouched(await connectIn('loop', port, { env: { LIBMOSQUITTO_OPENSSL_CONF: '' } }));
  });
}
