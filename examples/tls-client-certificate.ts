// A client certificate, from memory: what comes out of a secret store need not be written to a file.
//   node tls-client-certificate.js [host] [port] [CA file] [certificate file] [key file] [passphrase]
import { readFileSync } from 'node:fs';
import { MOSQ_ERR_SUCCESS, MOSQ_LOG_ERR, Mosquitto, strerror } from 'libmosquitto';

const [
  host = 'localhost',
  port = '8883',
  cafile = 'ca.crt',
  certfile = 'client.crt',
  keyfile = 'client.key',
  passphrase = '',
] = process.argv.slice(2);
process.exitCode = 1; // until the broker has accepted us
setTimeout(() => process.exit(1), 30_000).unref();

// Stands for a secret store.
const secrets = { cert: readFileSync(certfile, 'utf8'), key: readFileSync(keyfile) };

const client = new Mosquitto('example-tls-client-certificate');
const askForPassphrase = (): string => passphrase; // called once, inside tls_set()
const rc = client.tls_set(cafile, null, secrets.cert, secrets.key, askForPassphrase);
if (rc !== MOSQ_ERR_SUCCESS) throw new Error(`tls_set: ${strerror(rc)}`);

client.on_log = (_mosq, _obj, level, text) => {
  if (level === MOSQ_LOG_ERR) console.log(text);
};
client.on_connect = (mosq, _obj, code) => {
  console.log(`on_connect: ${code}, known by certificate`);
  process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, code) => {
  console.log(`on_disconnect: ${code} (${strerror(code)})`);
  mosq.loop_stop();
};

client.connect(host, Number(port));
client.loop_start();
