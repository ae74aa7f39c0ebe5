import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build_info, MOSQ_OPT_TLS_OCSP_REQUIRED, type Mosquitto } from 'libmosquitto';
import { type Pair, sharedCertificates } from '../support/certificates';
import { ocspResponse, type Verdict } from '../support/ocsp';
import { opensslServerFor } from '../support/openssl-server';
import { ACCEPTED, assertRefused, attempt, type Outcome } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const CONNACK = Buffer.from([0x20, 2, 0, 0]);

function demanding(client: Mosquitto): void {
  assert.equal(client.tls_set(certificates().ca.cert), 0);
  assert.equal(client.int_option(MOSQ_OPT_TLS_OCSP_REQUIRED, 1), 0);
}

/** A server that staples this to its certificate. */
async function stapled(t: test.TestContext, verdict: Verdict, about: Pair = certificates().server): Promise<Outcome> {
  const response = ocspResponse(certificates(), about, verdict);
  const server = await opensslServerFor(t, certificates().server, ['-status_file', response]);
  const outcome = attempt(t, server, demanding);
  let ended = false;
  void outcome.then(() => {
    ended = true;
  });
  await until(() => ended || server.output().includes('MQTT'), 'CONNECT, or the end');
  server.send(CONNACK);
  return outcome;
}

test('a good response is accepted', limit, async (t) => {
  assert.deepEqual(await stapled(t, 'good'), ACCEPTED);
});

test(
  'a revoked certificate, and one that the responder does not know: MOSQ_ERR_TLS, and the log says so',
  limit,
  async (t) => {
    for (const verdict of ['revoked', 'unknown'] as const) {
      const outcome = await stapled(t, verdict);
      assertRefused(outcome, /OCSP|status/i);
    }
  },
);

test('no response at all: MOSQ_ERR_TLS', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  const outcome = await attempt(t, { port }, demanding);
  assertRefused(outcome);
});

test('without the option nothing is asked for', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  const outcome = await attempt(t, { port }, (client) => {
    demanding(client);
    assert.equal(client.int_option(MOSQ_OPT_TLS_OCSP_REQUIRED, 0), 0);
  });
  assert.deepEqual(outcome, ACCEPTED);
});

// 2.0 takes it for one.
if (build_info().linkage === 'static') {
  test("a good response about another certificate is no word about the server's", limit, async (t) => {
    const outcome = await stapled(t, 'good', certificates().nameOnly);
    assertRefused(outcome);
  });
}
