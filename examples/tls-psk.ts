// TLS with a key that broker and client share, instead of certificates.
//   node tls-psk.js [host] [port] [identity] [key in hexadecimal]
import { Mosquitto } from 'libmosquitto';
import { check, visit } from './support/visit';

const [host = 'localhost', port = '8883', identity = 'sensor', key = '0123456789abcdef'] = process.argv.slice(2);

const client = new Mosquitto('example-tls-psk');
check('tls_psk_set', client.tls_psk_set(key, identity)); // before connect()
visit(client, host, Number(port), 'known by key');
