import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunOptions, succeed } from './package';

// A typical first program: it connects to a broker, subscribes, and receives its own message.

const body = `
const port = Number(process.argv[2]);
const client = new Mosquitto('smoke');
client.on_connect = (mosq, _obj, rc) => {
  if (rc !== 0) throw new Error(connack_string(rc));
  mosq.subscribe('smoke/#', 1);
};
client.on_subscribe = (mosq) => {
  mosq.publish('smoke/\u00fc', 'payload \u20ac', 1);
};
client.on_message = (mosq, _obj, msg) => {
  console.log(JSON.stringify({ topic: msg.topic, payload: msg.payload.toString(), qos: msg.qos }));
  mosq.disconnect();
};
const connected = client.connect('127.0.0.1', port, 60);
if (connected !== MOSQ_ERR_SUCCESS) throw new Error(strerror(connected));
client.loop_forever().then((rc) => {
  console.log(JSON.stringify({ rc, ...build_info() }));
});
`;
const names = 'Mosquitto, MOSQ_ERR_SUCCESS, build_info, connack_string, strerror';

export const esm = `import { ${names} } from 'libmosquitto';\n${body}`;
export const commonjs = `const { ${names} } = require('libmosquitto');\n${body}`;
/** Types that only the package's own declarations can provide. */
export const typescript = `import { type BuildInfo, type MosquittoMessage, ${names} } from 'libmosquitto';
${body}
const linkage: BuildInfo['linkage'] = build_info().linkage;
// @ts-expect-error the types of a package that was not found are any, and any has every member
client.no_such_member;
export type Topic = MosquittoMessage['topic'];
export const known: boolean = ['static', 'system'].includes(linkage);
`;

/** Subclasses and options, as users write them; `OVERRIDE ` is replaced by the keyword or by nothing. */
export const subclass = `import { Mosquitto, type MosquittoMessage, type QoS, subscribe_simple } from 'libmosquitto';
interface State { count: number }
export class Counter extends Mosquitto<State> {
  constructor(name: string | undefined) {
    super(name, undefined, { count: 0 });
    this.on_log = (_mosq, obj, _level, text) => { obj.count += text.length; };
  }
  OVERRIDE on_connect() { this.subscribe(['a', 'b'] as readonly string[]); }
  OVERRIDE on_message(mosq: this, obj: State, msg: MosquittoMessage) { obj.count += mosq.publish('c', msg.payload, msg.qos); }
}
export class Plain extends Mosquitto {
  OVERRIDE async on_connect(mosq: Mosquitto) { mosq.subscribe('#'); }
}
export function use(client: Mosquitto<State>, qos: QoS | undefined, text: string | undefined) {
  client.on_message = null;
  const own = new Mosquitto('own', true, { count: 0 });
  own.on_connect = null;
  own.publish('topic', text, qos, false, { 'content-type': text });
  return subscribe_simple('topic', { qos, username: text });
}
use(new Counter('name'), 1, undefined);
// @ts-expect-error callbacks get undefined until there is a State
new Mosquitto<State>('name').on_connect = (_mosq: Mosquitto<State>, _obj: State) => undefined;
`;

/** Writes a program into a user's folder. */
export function program(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

export interface Smoke {
  readonly rc: number;
  readonly linkage: string;
  readonly libmosquitto: string;
  readonly reviewed: boolean;
  readonly openssl: string;
}

/** Asserts the last two lines of the output of a successful program. */
export function judge(stdout: string, linkage = 'static'): Smoke {
  const [message, end, ...others] = stdout.split('\n');
  assert.deepEqual(others, []);
  assert.deepEqual(JSON.parse(message ?? ''), { topic: 'smoke/\u00fc', payload: 'payload \u20ac', qos: 1 });
  const result = JSON.parse(end ?? '');
  assert.equal(result.rc, 0);
  assert.equal(result.linkage, linkage);
  return result;
}

/** Runs one of the programs against a broker. */
export async function smoke(
  node: string,
  args: string[],
  port: number,
  options: RunOptions,
  linkage?: string,
): Promise<Smoke> {
  return judge(await succeed(node, [...args, String(port)], options), linkage);
}
