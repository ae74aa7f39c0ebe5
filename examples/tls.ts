// TLS: the broker has to show a certificate from a CA that we trust, for the name that we connect to.
//   node tls.js [host] [port] [CA file]
import { MOSQ_ERR_SUCCESS, MOSQ_LOG_ERR, Mosquitto, strerror } from 'libmosquitto';

const [host = 'localhost', port = '8883', cafile = '/etc/ssl/certs/ca-certificates.crt'] = process.argv.slice(2);
process.exitCode = 1; // until the broker has accepted us
setTimeout(() => process.exit(1), 30_000).unref();

const client = new Mosquitto('example-tls');
const rc = client.tls_set(cafile); // before connect()
if (rc !== MOSQ_ERR_SUCCESS) throw new Error(`tls_set: ${strerror(rc)}`);

// Why a handshake failed: "TLS: certificate has expired", "TLS: hostname mismatch", ...
client.on_log = (_mosq, _obj, level, text) => {
  if (level === MOSQ_LOG_ERR) console.log(text);
};
client.on_connect = (mosq, _obj, code) => {
  console.log(`on_connect: ${code}, over TLS`);
  process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, code) => {
  console.log(`on_disconnect: ${code} (${strerror(code)})`);
  mosq.loop_stop(); // after a failure too: without this the loop would try again
};

client.connect(host, Number(port));
client.loop_start();
