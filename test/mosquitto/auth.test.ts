// Tests user name and password: the bytes in CONNECT, and the answers of a real broker.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8, type Mosquitto } from 'libmosquitto';
import { type Broker, startBroker } from '../support/broker';
import { plainEnvironment } from '../support/environment';
import { readConnect } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const USERS: Record<string, string> = { reader: 'secret', jürgen: 'pässwörd 🔑' };

let broker: Broker;
before(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'libmosquitto-passwords-'));
  const file = join(dir, 'passwords');
  for (const [index, [user, password]] of Object.entries(USERS).entries()) {
    execFileSync('mosquitto_passwd', ['-b', ...(index === 0 ? ['-c'] : []), file, user, password], {
      stdio: 'pipe',
      env: plainEnvironment(),
    });
  }
  broker = await startBroker({
    config: ['allow_anonymous false', 'password_file {dir}/passwords'],
    files: { passwords: readFileSync(file, 'utf8') },
  });
  rmSync(dir, { recursive: true });
});
after(() => broker[Symbol.asyncDispose]());

async function answerTo(t: test.TestContext, client: Mosquitto): Promise<number> {
  const answers: number[] = [];
  client.on_connect = (_mosq, _obj, rc) => {
    answers.push(rc);
  };
  driveFor(t, client, 'loop');
  assert.equal(client.connect(broker.host, broker.port), 0);
  await until(() => answers.length > 0, 'on_connect');
  return answers[0] ?? -1;
}

test('user name and password let a client in, text beyond ASCII and a password as bytes included', limit, async (t) => {
  for (const [user, password] of Object.entries(USERS)) {
    for (const given of [password, Buffer.from(password), new Uint8Array(Buffer.from(password))]) {
      const client = clientFor(t);
      assert.equal(client.username_pw_set(user, given), 0);
      assert.equal(await answerTo(t, client), 0);
    }
  }
});

test('a wrong password, a wrong name, none at all, and one cleared again: on_connect(5)', limit, async (t) => {
  const wrong: Array<(client: Mosquitto) => void> = [
    (client) => client.username_pw_set('reader', 'wrong'),
    (client) => client.username_pw_set('reader', ''),
    (client) => client.username_pw_set('reader'),
    (client) => client.username_pw_set('nobody', 'secret'),
    () => undefined,
    (client) => {
      client.username_pw_set('reader', 'secret');
      client.username_pw_set(null);
    },
  ];
  for (const set of wrong) {
    const client = clientFor(t);
    set(client);
    assert.equal(await answerTo(t, client), 5);
  }
});

test('a call that is refused keeps the earlier user name and password', limit, async (t) => {
  const refused: Array<[(client: Mosquitto) => number, number]> = [
    [(client) => client.username_pw_set('bell \u0007', 'one'), MOSQ_ERR_MALFORMED_UTF8],
    [(client) => client.username_pw_set('delete \u007f'), MOSQ_ERR_MALFORMED_UTF8],
    [(client) => client.username_pw_set('x'.repeat(65536), 'one'), MOSQ_ERR_INVAL],
    [(client) => client.username_pw_set('user', 'x'.repeat(65536)), MOSQ_ERR_INVAL],
    [(client) => client.username_pw_set(null, 'one'), MOSQ_ERR_INVAL],
  ];
  for (const [call, rc] of refused) {
    const client = clientFor(t);
    assert.equal(client.username_pw_set('reader', 'secret'), 0);
    assert.equal(call(client), rc);
    assert.equal(await answerTo(t, client), 0);
  }
});

test('CONNECT has user name and password in each allowed combination', limit, async (t) => {
  const introductions: Array<ReturnType<typeof readConnect>> = [];
  const fake = await fakeBrokerFor(t, async (peer) => {
    introductions.push(readConnect(await peer.accept()));
  });
  const bytes = Buffer.from([1, 128, 255, 254]);
  const reused = Buffer.from(bytes);
  const sets: Array<(client: Mosquitto) => number> = [
    (client) => client.username_pw_set('only', null),
    (client) => client.username_pw_set('both', 'pässword'),
    (client) => {
      const rc = client.username_pw_set('bytes', reused);
      reused.fill(1);
      return rc;
    },
    (client) => client.username_pw_set('first', 'one') || client.username_pw_set('second', 'two'),
  ];
  for (const set of sets) {
    const client = clientFor(t);
    assert.equal(set(client), 0);
    driveFor(t, client, 'event loop');
    await connectTo(client, fake);
  }
  assert.deepEqual(
    introductions.map(({ username, password }) => [username, password]),
    [
      ['only', null],
      ['both', Buffer.from('pässword')],
      ['bytes', bytes],
      ['second', Buffer.from('two')],
    ],
  );
});
