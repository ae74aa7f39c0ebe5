// A client certificate from memory: a program need not write secrets to a file.
//   node tls-client-certificate.js [host] [port] [CA file] [certificate file] [key file] [passphrase]
import { readFileSync } from 'node:fs';
import { Mosquitto } from 'libmosquitto';
import { check, visit } from './support/visit';

const [
  host = 'localhost',
  port = '8883',
  cafile = 'ca.crt',
  certfile = 'client.crt',
  keyfile = 'client.key',
  passphrase = '',
] = process.argv.slice(2);

// A real program would read these from a secret store.
const secrets = { cert: readFileSync(certfile, 'utf8'), key: readFileSync(keyfile) };

const client = new Mosquitto('example-tls-client-certificate');
const askForPassphrase = (): string => passphrase; // called once, inside tls_set()
check('tls_set', client.tls_set(cafile, null, secrets.cert, secrets.key, askForPassphrase));
visit(client, host, Number(port), 'known by certificate');
