// TLS: the broker must have a certificate of a CA that the client trusts, for the host name of connect().
//   node tls.js [host] [port] [CA file]
import { Mosquitto } from 'libmosquitto';
import { check, visit } from './support/visit';

const [host = 'localhost', port = '8883', cafile = '/etc/ssl/certs/ca-certificates.crt'] = process.argv.slice(2);

const client = new Mosquitto('example-tls');
check('tls_set', client.tls_set(cafile)); // before connect()
visit(client, host, Number(port), 'over TLS');
