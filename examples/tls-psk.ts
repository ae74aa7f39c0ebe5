// TLS with a key that broker and client share, in place of certificates.
//   node tls-psk.js [host] [port] [identity] [key in hexadecimal]
import { MOSQ_ERR_SUCCESS, MOSQ_LOG_ERR, Mosquitto, strerror } from 'libmosquitto';

const [host = 'localhost', port = '8883', identity = 'sensor', key = '0123456789abcdef'] = process.argv.slice(2);
process.exitCode = 1; // until the broker has accepted us
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-tls-psk');
const rc = client.tls_psk_set(key, identity); // before connect()
if (rc !== MOSQ_ERR_SUCCESS) throw new Error(`tls_psk_set: ${strerror(rc)}`);

client.on_log = (_mosq, _obj, level, text) => {
  if (level === MOSQ_LOG_ERR) console.log(text);
};
client.on_connect = (mosq, _obj, code) => {
  console.log(`on_connect: ${code}, known by key`);
  process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, code) => {
  console.log(`on_disconnect: ${code} (${strerror(code)})`);
  mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start();
