// Tests MOSQ_OPT_TLS_OCSP_REQUIRED: only a valid OCSP response that says good may let the connection continue.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { build_info, MOSQ_OPT_TLS_OCSP_REQUIRED, type Mosquitto } from 'libmosquitto';
import { Authority } from '../support/authority';
import { type Pair, sharedCertificates } from '../support/certificates';
import { MODES, type Mode } from '../support/drive';
import { ocspFailure, ocspResponse, type Verdict } from '../support/ocsp';
import { opensslServerFor } from '../support/openssl-server';
import { ACCEPTED, assertRefused, attempt, type Outcome } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled, until } from '../support/wait';
import type { Preparation } from '../support/ways';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const CONNACK = Buffer.from([0x20, 2, 0, 0]);

function demanding(client: Mosquitto): void {
  assert.equal(client.tls_set(certificates().ca.cert), 0);
  assert.equal(client.int_option(MOSQ_OPT_TLS_OCSP_REQUIRED, 1), 0);
}

// Version 2.0 does not report its reasons.
const TOLD = build_info().linkage === 'static';
const REFUSED = /OCSP|status/i;

interface Stapled {
  mode?: Mode;
  server?: Pair;
  prepare?: Preparation;
}

/** Connects to a server that staples this file to its certificate. */
async function stapledWith(
  t: TestContext,
  response: string,
  { mode = 'loop', server: pair = certificates().server, prepare = demanding }: Stapled = {},
): Promise<Outcome> {
  const server = await opensslServerFor(t, pair, ['-status_file', response]);
  const outcome = attempt(t, { ...server, mode }, prepare);
  let ended = false;
  void outcome.then(() => {
    ended = true;
  });
  await until(() => ended || server.output().includes('MQTT'), 'CONNECT, or the end');
  server.send(CONNACK);
  return outcome;
}

function stapled(t: TestContext, verdict: Verdict, about: Pair = certificates().server): Promise<Outcome> {
  return stapledWith(t, ocspResponse(certificates(), about, verdict));
}

test('a good response is accepted', limit, async (t) => {
  const response = ocspResponse(certificates(), certificates().server, 'good');
  for (const mode of MODES) assert.deepEqual(await stapledWith(t, response, { mode }), ACCEPTED);
});

test('revoked, unknown, absent: MOSQ_ERR_TLS, and the log has a text of its own for each', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  for (const mode of MODES) {
    for (const [verdict, reason] of [
      ['revoked', /^OCSP: the certificate is revoked \(keyCompromise\)$/m],
      ['unknown', /^OCSP: the responder does not know the certificate$/m],
    ] as const) {
      const response = ocspResponse(certificates(), certificates().server, verdict);
      assertRefused(await stapledWith(t, response, { mode }), TOLD ? reason : REFUSED);
    }
    const absent = await attempt(t, { port, mode }, demanding);
    assertRefused(absent, TOLD ? /^OCSP: the broker has sent no response$/m : REFUSED);
  }
});

test('without the option nothing is asked for', limit, async (t) => {
  const { port } = await tlsBrokerFor(t, certificates());
  const outcome = await attempt(t, { port }, (client) => {
    demanding(client);
    assert.equal(client.int_option(MOSQ_OPT_TLS_OCSP_REQUIRED, 0), 0);
  });
  assert.deepEqual(outcome, ACCEPTED);
});

test('a response whose end has passed is refused, and garbage', limit, async (t) => {
  const { server, dir } = certificates();
  const old = ocspResponse(certificates(), server, 'good', { age: 3 });
  assertRefused(await stapledWith(t, old), TOLD ? /^OCSP: the response has expired$/m : REFUSED);
  const ahead = ocspResponse(certificates(), server, 'good', { age: -1 });
  assertRefused(await stapledWith(t, ahead), TOLD ? /^OCSP: the response is not valid yet$/m : REFUSED);
  const busy = await stapledWith(t, ocspFailure(certificates(), 3));
  assertRefused(busy, TOLD ? /^OCSP: the responder has refused to answer: trylater$/m : REFUSED);
  assertRefused(await stapledWith(t, ocspFailure(certificates(), 0)), TOLD ? /cannot be read/ : REFUSED);
  const forged = Authority.of(dir, 'forger', certificates().otherCa).issue('forger');
  const response = ocspResponse(certificates(), server, 'good', { signer: forged });
  assertRefused(await stapledWith(t, response), TOLD ? /^OCSP: the response is not signed by/ : REFUSED);
});

test('a responder that the CA has authorised may sign, and no other holder of a certificate', limit, async (t) => {
  const { server, ca, dir } = certificates();
  const root = Authority.of(dir, 'ocsp', ca);
  const responder = root.issue('responder', { extensions: ['extendedKeyUsage=OCSPSigning'] });
  const good = ocspResponse(certificates(), server, 'good', { signer: responder });
  assert.deepEqual(await stapledWith(t, good), ACCEPTED);
  const holder = root.issue('holder', { extensions: ['extendedKeyUsage=serverAuth'] });
  const forged = ocspResponse(certificates(), server, 'good', { signer: holder });
  assertRefused(await stapledWith(t, forged), TOLD ? /^OCSP: the response is not signed by/ : REFUSED);
});

// Version 2.0 differs in each of these.
if (build_info().linkage === 'static') {
  test("a good response about another certificate does not count for the server's", limit, async (t) => {
    const outcome = await stapled(t, 'good', certificates().nameOnly);
    assertRefused(outcome, /^OCSP: the response is about another certificate$/m);
  });

  test('a response without an end is valid for a day', limit, async (t) => {
    const { server } = certificates();
    for (const mode of MODES) {
      const fresh = ocspResponse(certificates(), server, 'good', { withEnd: false });
      assert.deepEqual(await stapledWith(t, fresh, { mode }), ACCEPTED);
      const old = ocspResponse(certificates(), server, 'good', { withEnd: false, age: 3 });
      assertRefused(await stapledWith(t, old, { mode }), /^OCSP: the response has no end, and is not of the last 24/);
    }
  });

  test('a response that the CA signed is accepted though nobody has sent the CA', limit, async (t) => {
    const response = ocspResponse(certificates(), certificates().server, 'good', { withSigner: false });
    for (const mode of MODES) assert.deepEqual(await stapledWith(t, response, { mode }), ACCEPTED);
  });

  test('a responder whose own certificate is revoked may sign nothing', limit, async (t) => {
    const { server, ca, dir } = certificates();
    const root = Authority.of(dir, 'revoked-responder', ca);
    const responder = root.issue('revoked-responder', { extensions: ['extendedKeyUsage=OCSPSigning'] });
    const list = root.list([responder]);
    const response = ocspResponse(certificates(), server, 'good', { signer: responder });
    const outcome = await stapledWith(t, response, {
      prepare: (client) => {
        demanding(client);
        assert.equal(client.tls_crl_set(list), 0);
      },
    });
    assertRefused(outcome, /^OCSP: the response is not signed by/);
  });
}
