// Uses the functions of credentials, TLS and SOCKS.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { MOSQ_ERR_NO_CONN, MOSQ_ERR_NOT_SUPPORTED } from 'libmosquitto';
import { type Certificates, makeCertificates } from '../support/certificates';
import { client5For, connect5, HAS_2_1 } from '../support/client5';
import { CONNECT } from '../support/packets';
import { AUTH, auth5, connack5, readReason5 } from '../support/packets5';
import { brokerFor, clientFor, defer, driveFor, fakeBrokerFor } from '../support/scope';
import { socksServerFor } from '../support/socks';
import { ACCEPTED, assertRefused, attempt } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { type Chapter, connectedFor } from './chapter';

function certificatesFor(t: TestContext): Certificates {
  const certificates = makeCertificates();
  defer(t, () => {
    rmSync(certificates.dir, { recursive: true, force: true });
  });
  return certificates;
}

export const security: Chapter = {
  'libmosquitto_auth.h': {
    mosquitto_username_pw_set: async (t, broker) => {
      const client = clientFor(t, 'username_pw_set');
      assert.equal(client.username_pw_set('user', 'secret'), 0);
      await connectedFor(t, broker, client);
      assert.match(broker.log(), /as username_pw_set .*u'user'/);
    },
    mosquitto_ext_auth_continue: async (t) => {
      const client = client5For(t);
      if (!HAS_2_1) {
        assert.equal(client.ext_auth_continue('method'), MOSQ_ERR_NOT_SUPPORTED);
        return;
      }
      assert.equal(client.ext_auth_continue('method'), MOSQ_ERR_NO_CONN);
      // mosquitto has no authentication method of its own, so the other side is scripted.
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.nextOf(CONNECT);
        peer.send(auth5(0x18, { 'authentication-method': 'method', 'authentication-data': Buffer.from('who?') }));
        const { properties } = readReason5(await peer.nextOf(AUTH));
        peer.send(connack5(String(properties['authentication-data']) === 'me' ? 0 : 0x87));
      });
      client.on_ext_auth = (mosq, _obj, method, data) => {
        assert.deepEqual([method, String(data)], ['method', 'who?']);
        return mosq.ext_auth_continue('method', Buffer.from('me'));
      };
      driveFor(t, client, 'thread');
      assert.equal((await connect5(client, fake, { 'authentication-method': 'method' })).rc, 0);
    },
  },
  'libmosquitto_tls.h': {
    mosquitto_tls_set: async (t) => {
      const certificates = certificatesFor(t);
      const { port } = await tlsBrokerFor(t, certificates, certificates.server, {
        config: ['require_certificate true'],
      });
      const { ca, client } = certificates;
      const outcome = await attempt(t, { port }, (mosq) => {
        assert.equal(mosq.tls_set(ca.cert, null, client.cert, client.key), 0);
      });
      assert.deepEqual(outcome, ACCEPTED);
    },
    mosquitto_tls_insecure_set: async (t) => {
      const certificates = certificatesFor(t);
      const { port } = await tlsBrokerFor(t, certificates, certificates.wrongHost);
      for (const insecure of [false, true]) {
        const outcome = await attempt(t, { port }, (mosq) => {
          assert.equal(mosq.tls_set(certificates.ca.cert), 0);
          assert.equal(mosq.tls_insecure_set(insecure), 0);
        });
        if (insecure) assert.deepEqual(outcome, ACCEPTED);
        else assertRefused(outcome);
      }
    },
    mosquitto_tls_opts_set: async (t) => {
      const certificates = certificatesFor(t);
      const { port } = await tlsBrokerFor(t, certificates);
      for (const cert_reqs of [1, 0] as const) {
        const outcome = await attempt(t, { port }, (mosq) => {
          assert.equal(mosq.tls_set(certificates.otherCa.cert), 0);
          assert.equal(mosq.tls_opts_set(cert_reqs, 'tlsv1.2', null), 0);
        });
        if (cert_reqs === 0) assert.deepEqual(outcome, ACCEPTED);
        else assertRefused(outcome);
      }
    },
    mosquitto_tls_psk_set: async (t) => {
      const { port } = await brokerFor(t, {
        config: ['psk_file {dir}/keys', 'psk_hint test'],
        files: { keys: 'identity:abcdef01\n' },
      });
      const outcome = await attempt(t, { port }, (mosq) => {
        assert.equal(mosq.tls_psk_set('abcdef01', 'identity'), 0);
      });
      assert.deepEqual(outcome, ACCEPTED);
    },
  },
  'libmosquitto_socks.h': {
    mosquitto_socks5_set: async (t, broker) => {
      const user = { username: 'user', password: 'secret' };
      const proxy = await socksServerFor(t, user);
      const client = clientFor(t);
      assert.equal(client.socks5_set(proxy.host, proxy.port, user.username, user.password), 0);
      await connectedFor(t, broker, client);
      assert.match(proxy.log(), new RegExp(`${broker.port}`));
    },
  },
};
