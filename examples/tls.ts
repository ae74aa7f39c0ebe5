// TLS: the broker has to show a certificate from a CA that we trust, for the name that we connect to.
//   node tls.js [host] [port] [CA file]
import { Mosquitto } from 'libmosquitto';
import { check, visit } from './support/visit';

const [host = 'localhost', port = '8883', cafile = '/etc/ssl/certs/ca-certificates.crt'] = process.argv.slice(2);

const client = new Mosquitto('example-tls');
check('tls_set', client.tls_set(cafile)); // before connect()
visit(client, host, Number(port), 'over TLS');
