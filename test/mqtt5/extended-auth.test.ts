import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_AUTH,
  MOSQ_ERR_MALFORMED_PACKET,
  MOSQ_ERR_NO_CONN,
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_ERR_PROTOCOL,
  MOSQ_ERR_SUCCESS,
  MOSQ_ERR_UNKNOWN,
  type Mosquitto,
} from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { client5For, connect5, HAS_2_1 } from '../support/client5';
import { MODES } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { CONNECT } from '../support/packets';
import { AUTH, auth5, connack5, publish5, readConnect5, readReason5 } from '../support/packets5';
import { brokerFor, clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

// Tests extended authentication, with a peer that asks for a proof of a secret twice, each time with another challenge.

const limit = { timeout: scaled(30000) };
const METHOD = 'HMAC-SHA256';
const SECRET = 'größe';

function proof(secret: string, challenge: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(challenge).digest();
}

/** Asks twice; returns 0 when both answers were right, otherwise 0x87, not authorized. */
async function examine(peer: Peer): Promise<void> {
  const connect = readConnect5(await peer.nextOf(CONNECT));
  assert.equal(connect.properties['authentication-method'], METHOD);
  assert.deepEqual(connect.properties['authentication-data'], Buffer.from('user'));
  for (const challenge of [Buffer.from([0, 1, 2, 255]), Buffer.alloc(1000, 7)]) {
    peer.send(auth5(0x18, { 'authentication-method': METHOD, 'authentication-data': challenge }));
    const { code, properties } = readReason5(await peer.nextOf(AUTH));
    assert.equal(code, 0x18);
    assert.equal(properties['authentication-method'], METHOD);
    if (!proof(SECRET, challenge).equals(properties['authentication-data'] ?? Buffer.alloc(0))) {
      peer.send(connack5(0x87, { 'reason-string': 'wrong proof' }));
      return;
    }
  }
  peer.send(connack5(0, { 'authentication-method': METHOD, 'authentication-data': Buffer.from('welcome') }));
}

function prove(client: Mosquitto, secret: string): void {
  client.on_ext_auth = (mosq, _obj, method, data) => {
    assert.ok(method !== null && data !== null);
    return mosq.ext_auth_continue(method, proof(secret, data));
  };
}

const certificates = sharedCertificates();

// With TLS the rest is in one record with the part of an AUTH packet that exceeds the read buffer.
const TOGETHER = [
  { way: 'in the same bytes', data: 8, tls: false },
  { way: 'in the same record of TLS', data: 3000, tls: true },
] as const;

/** Bytes of AUTH. MQTT 5 allows the first, but for the rule that AUTH names its method. */
const CUT_SHORT = {
  'without a reason code': [0xf0, 0],
  'without a length of properties': [0xf0, 1, 0x18],
  'whose properties end behind the packet': [0xf0, 2, 0x18, 4],
  'whose method is cut short': [0xf0, 6, 0x18, 4, 21, 0, 2, 0x4d],
} as const;

const CREDENTIALS = { 'authentication-method': METHOD, 'authentication-data': Buffer.from('user') };

if (HAS_2_1) {
  for (const mode of MODES) {
    test(`challenge and response, twice, then CONNACK (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, examine);
      const client = client5For(t);
      prove(client, SECRET);
      driveFor(t, client, mode);
      assert.deepEqual(await connect5(client, fake, CREDENTIALS), {
        rc: 0,
        flags: 0,
        properties: { 'authentication-method': METHOD, 'authentication-data': Buffer.from('welcome') },
      });
    });

    test(`a wrong secret: the broker's refusal is at on_connect (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, examine);
      const client = client5For(t);
      prove(client, 'wrong');
      driveFor(t, client, mode);
      const { rc, properties } = await connect5(client, fake, CREDENTIALS);
      assert.deepEqual([rc, properties], [0x87, { 'reason-string': 'wrong proof' }]);
    });

    for (const refusal of [MOSQ_ERR_AUTH, MOSQ_ERR_UNKNOWN]) {
      test(`a code of ${refusal} from on_ext_auth closes the connection with it (${mode})`, limit, async (t) => {
        const fake = await fakeBrokerFor(t, async (peer) => {
          await peer.nextOf(CONNECT);
          peer.send(auth5(0x18, { 'authentication-method': METHOD }), connack5());
        });
        const client = client5For(t);
        const events: unknown[] = [];
        client.on_ext_auth = () => {
          events.push('on_ext_auth');
          return refusal;
        };
        client.on_connect = (_mosq, _obj, rc) => {
          events.push(['on_connect', rc]);
        };
        client.on_disconnect = (mosq, _obj, rc) => {
          events.push(['on_disconnect', rc]);
          mosq.disconnect(); // no further attempt
        };
        assert.equal(client.connect(fake.host, fake.port), 0);
        driveFor(t, client, mode);
        await until(() => events.length >= 2, 'on_disconnect');
        assert.deepEqual(events, ['on_ext_auth', ['on_disconnect', refusal]]);
        await fake.peers[0]?.closed;
        assert.ok(!fake.peers[0]?.received.some(({ type }) => type === AUTH));
      });
    }

    test(`without on_ext_auth an AUTH packet ends the connection (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.nextOf(CONNECT);
        peer.send(auth5(0x18, { 'authentication-method': METHOD }));
      });
      const client = client5For(t);
      const codes: number[] = [];
      client.on_disconnect = (mosq, _obj, rc) => {
        codes.push(rc);
        mosq.disconnect();
      };
      assert.equal(client.connect(fake.host, fake.port), 0);
      driveFor(t, client, mode);
      await until(() => codes.length > 0, 'on_disconnect');
      assert.equal(codes[0], MOSQ_ERR_AUTH);
    });

    // libmosquitto ends a connection with MOSQ_ERR_NOMEM for an AUTH without a reason code.
    if (build_info().linkage === 'static') {
      for (const [what, bytes] of Object.entries(CUT_SHORT)) {
        for (const accepted of [false, true]) {
          test(
            `AUTH ${what}, ${accepted ? 'behind' : 'before'} CONNACK, is MOSQ_ERR_MALFORMED_PACKET (${mode})`,
            limit,
            async (t) => {
              const fake = await fakeBrokerFor(t, async (peer) => {
                await peer.nextOf(CONNECT);
                peer.send(...(accepted ? [connack5()] : []), Buffer.from(bytes));
              });
              const client = client5For(t);
              const events: unknown[] = [];
              client.on_ext_auth = () => {
                events.push('on_ext_auth');
                return MOSQ_ERR_SUCCESS;
              };
              client.on_connect = (_mosq, _obj, rc) => {
                events.push(['on_connect', rc]);
              };
              client.on_disconnect = (mosq, _obj, rc) => {
                events.push(['on_disconnect', rc]);
                mosq.disconnect(); // no further attempt
              };
              assert.equal(client.connect(fake.host, fake.port, 60, null, CREDENTIALS), 0);
              driveFor(t, client, mode);
              await until(() => events.length > (accepted ? 1 : 0), 'on_disconnect');
              await fake.peers[0]?.closed;
              const end = ['on_disconnect', MOSQ_ERR_MALFORMED_PACKET];
              assert.deepEqual(events, accepted ? [['on_connect', 0], end] : [end]);
            },
          );
        }
      }
    }

    for (const { way, data, tls } of TOGETHER) {
      test(
        `what follows AUTH ${way} waits for on_ext_auth, and its answer is sent first (${mode})`,
        limit,
        async (t) => {
          const { ca, server } = certificates();
          const script = async (peer: Peer): Promise<void> => {
            await peer.nextOf(CONNECT);
            peer.send(
              auth5(0x18, { 'authentication-method': METHOD, 'authentication-data': Buffer.alloc(data) }),
              connack5(),
              publish5('a', 'first', { qos: 1, mid: 9 }),
            );
          };
          const fake = await fakeBrokerFor(t, script, tls ? { tls: server } : {});
          const client = client5For(t);
          if (tls) assert.equal(client.tls_set(ca.cert), 0);
          const events: string[] = [];
          client.on_ext_auth = (mosq, _obj, method) => {
            events.push('asked');
            const rc = mosq.ext_auth_continue(method ?? '', Buffer.from('answer'));
            events.push('answered');
            return rc;
          };
          client.on_connect = () => {
            events.push('connected');
          };
          client.on_message = () => {
            events.push('message');
          };
          assert.equal(client.connect(fake.host, fake.port), 0);
          driveFor(t, client, mode);
          await until(() => events.includes('message'), 'the message');
          assert.deepEqual(events, ['asked', 'answered', 'connected', 'message']);
          const peer = fake.peers[0];
          assert.ok(peer);
          await peer.nextOf(AUTH);
          assert.deepEqual(
            peer.received.slice(0, 2).map(({ type }) => type),
            [CONNECT, AUTH],
          );
        },
      );
    }

    test(`destroy() in on_ext_auth (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.nextOf(CONNECT);
        peer.send(auth5(0x18, { 'authentication-method': METHOD }));
      });
      const client = client5For(t);
      let asked = 0;
      client.on_ext_auth = (mosq) => {
        asked += 1;
        mosq.destroy();
        return MOSQ_ERR_SUCCESS;
      };
      assert.equal(client.connect(fake.host, fake.port), 0);
      // The pump's loop() throws on a destroyed client, which ends the pump.
      driveFor(t, client, mode);
      await until(() => asked === 1, 'on_ext_auth');
      await fake.peers[0]?.closed;
    });
  }

  test(
    'ext_auth_continue() without MQTT 5 is MOSQ_ERR_PROTOCOL, without a connection MOSQ_ERR_NO_CONN',
    limit,
    async (t) => {
      const client = clientFor(t);
      assert.equal(client.ext_auth_continue(METHOD), MOSQ_ERR_NO_CONN);
      driveFor(t, client, 'event loop');
      await connectTo(client, await brokerFor(t));
      assert.equal(client.ext_auth_continue(METHOD), MOSQ_ERR_PROTOCOL);
    },
  );

  test('on_ext_auth is null at first, accepts only functions, and can be removed', limit, (t) => {
    const client = clientFor(t);
    assert.equal(client.on_ext_auth, null);
    const callback = (): number => 0;
    client.on_ext_auth = callback;
    assert.equal(client.on_ext_auth, callback);
    client.on_ext_auth = null;
    assert.equal(client.on_ext_auth, null);
    assert.throws(
      () => Reflect.set(client, 'on_ext_auth', 1),
      /^TypeError: on_ext_auth must be a function or null, got 1$/,
    );
  });
} else {
  test('ext_auth_continue() is MOSQ_ERR_NOT_SUPPORTED on libmosquitto 2.0', limit, (t) => {
    assert.equal(client5For(t).ext_auth_continue(METHOD, Buffer.from('x')), MOSQ_ERR_NOT_SUPPORTED);
  });

  test('libmosquitto 2.0 ignores an AUTH packet', limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.nextOf(CONNECT);
      peer.send(auth5(0x18, { 'authentication-method': METHOD }), connack5());
    });
    const client = client5For(t);
    client.on_ext_auth = () => assert.fail('nobody calls it');
    driveFor(t, client, 'loop');
    assert.equal((await connect5(client, fake)).rc, 0);
    assert.deepEqual(
      fake.peers[0]?.received.map(({ type }) => type),
      [CONNECT],
    );
  });
}
