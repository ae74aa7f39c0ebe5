// Tests on_pre_connect, which runs before each attempt to connect. A fault would connect with old credentials, or run
// it twice.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_SUCCESS, Mosquitto } from 'libmosquitto';
import { MODES } from '../support/drive';
import { readConnect } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, refusedPortFor } from '../support/scope';
import { connectTo, disconnectFrom } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };

type Login = [username: string | null, password: string];

function loginOf(packet: Parameters<typeof readConnect>[0]): Login {
  const { username, password } = readConnect(packet);
  return [username, String(password)];
}

for (const mode of MODES) {
  test(`new credentials for each connection: connect(), reconnect(), and after a loss (${mode})`, limit, async (t) => {
    const logins: Login[] = [];
    const fake = await fakeBrokerFor(t, async (peer) => {
      logins.push(loginOf(await peer.accept()));
    });
    const client = clientFor(t, null, true, { object: 'of the client' });
    let calls = 0;
    client.on_pre_connect = (mosq, obj) => {
      calls += 1;
      assert.equal(mosq, client);
      assert.deepEqual(obj, { object: 'of the client' });
      assert.equal(mosq.username_pw_set(`user ${calls}`, `token ${calls}`), MOSQ_ERR_SUCCESS);
    };
    driveFor(t, client, mode);
    await connectTo(client, fake);
    assert.equal(client.reconnect(), 0);
    await until(() => logins.length === 2, 'the second connection');
    fake.peers[1]?.destroy();
    if (mode === 'loop') {
      // With loop() nothing reconnects by itself.
      let lost = false;
      client.on_disconnect = () => {
        lost = true;
      };
      await until(() => lost, 'the loss');
      assert.equal(client.reconnect(), 0);
    }
    await until(() => logins.length === 3, 'the third connection');
    assert.deepEqual(
      logins,
      [1, 2, 3].map((index) => [`user ${index}`, `token ${index}`]),
    );
    assert.equal(calls, 3);
  });

  test(`connect() and reconnect() call it before they return, once (${mode})`, limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
    });
    const client = clientFor(t);
    let calls = 0;
    client.on_pre_connect = () => {
      calls += 1;
    };
    assert.equal(client.connect(fake.host, fake.port), 0);
    assert.equal(calls, 1);
    driveFor(t, client, mode);
    assert.equal(client.reconnect(), 0);
    assert.equal(calls, 2);
    await until(() => (fake.peers[1]?.received.length ?? 0) > 0, 'CONNECT');
    assert.equal(calls, 2);
  });
}

for (const thread of [false, true]) {
  const mode = thread ? 'thread' : 'event loop';

  test(`connect_async() is tried only after it has returned (${mode})`, limit, async (t) => {
    const events: string[] = [];
    const fake = await fakeBrokerFor(t, async (peer) => {
      events.push('tried');
      await peer.accept();
    });
    const client = clientFor(t);
    client.on_pre_connect = (mosq) => {
      events.push('called');
      // The thread must not continue while JavaScript is busy in here.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      mosq.username_pw_set('late', 'but in time');
      events.push('returned');
    };
    client.on_connect = () => {
      events.push('connected');
    };
    assert.equal(client.connect_async(fake.host, fake.port), 0);
    driveFor(t, client, mode);
    await until(() => events.includes('connected'), 'on_connect');
    assert.deepEqual(events, ['called', 'returned', 'tried', 'connected']);
    const packet = fake.peers[0]?.received[0];
    assert.ok(packet);
    assert.deepEqual(loginOf(packet), ['late', 'but in time']);
  });

  test(`each attempt that fails is preceded by it as well (${mode})`, limit, async (t) => {
    const port = await refusedPortFor(t);
    const client = clientFor(t);
    let calls = 0;
    client.on_pre_connect = () => {
      calls += 1;
    };
    assert.equal(client.connect_async('127.0.0.1', port), 0);
    driveFor(t, client, mode);
    await until(() => calls === 2, 'the second attempt');
  });

  test(`destroy(), disconnect() and loop_stop() in it: nothing is tried (${mode})`, limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
    });
    const ends: ReadonlyArray<(client: Mosquitto) => unknown> = [
      (client) => client.destroy(),
      (client) => client.disconnect(),
      (client) => client.loop_stop(),
    ];
    for (const end of ends) {
      const client = clientFor(t);
      let calls = 0;
      client.on_pre_connect = (mosq) => {
        calls += 1;
        end(mosq);
      };
      assert.equal(client.connect_async(fake.host, fake.port), 0);
      assert.equal(client.loop_start({ thread }), 0);
      await until(() => calls === 1, 'on_pre_connect');
    }
    // A client that does connect. By the time it has connected, an attempt of the others would have been seen.
    const last = clientFor(t, 'the last');
    driveFor(t, last, mode);
    await connectTo(last, fake);
    assert.equal(fake.peers.length, 1);
  });
}

test('connect() throws its exception, and the connection is made nevertheless', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
  });
  const client = clientFor(t);
  let throws = true;
  client.on_pre_connect = () => {
    if (throws) throw new Error('from on_pre_connect');
  };
  let accepted = false;
  client.on_connect = () => {
    accepted = true;
  };
  assert.throws(() => client.connect(fake.host, fake.port), /^Error: from on_pre_connect$/);
  throws = false;
  driveFor(t, client, 'loop');
  await until(() => accepted, 'on_connect');
  assert.equal(fake.peers.length, 1);
});

test('a removed or replaced callback is not called any more', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
  });
  const client = clientFor(t);
  assert.equal(client.on_pre_connect, null);
  const calls: string[] = [];
  client.on_pre_connect = () => {
    calls.push('first');
  };
  driveFor(t, client, 'event loop');
  await connectTo(client, fake);
  client.on_pre_connect = () => {
    calls.push('second');
  };
  await disconnectFrom(client);
  await connectTo(client, fake);
  client.on_pre_connect = null;
  await disconnectFrom(client);
  await connectTo(client, fake);
  assert.deepEqual(calls, ['first', 'second']);
  assert.throws(
    () => Reflect.set(client, 'on_pre_connect', 1),
    /^TypeError: on_pre_connect must be a function or null, got 1$/,
  );
});

test('a subclass may have it as a method', limit, async (t) => {
  const logins: Login[] = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    logins.push(loginOf(await peer.accept()));
  });
  // The same as JavaScript's `class extends Mosquitto { on_pre_connect(mosq) {...} }`, which TypeScript refuses to
  // compile.
  class Renewing extends Mosquitto {}
  const value = (mosq: Mosquitto): void => {
    mosq.username_pw_set('sub', 'class');
  };
  Object.defineProperty(Renewing.prototype, 'on_pre_connect', { value, writable: true, configurable: true });
  using client = new Renewing();
  driveFor(t, client, 'event loop');
  await connectTo(client, fake);
  assert.deepEqual(logins, [['sub', 'class']]);
});
