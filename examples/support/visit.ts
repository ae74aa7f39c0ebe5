// The common part of the examples of TLS, WebSockets and proxies: they connect, print the result, and disconnect.
import { MOSQ_ERR_SUCCESS, MOSQ_LOG_ERR, type Mosquitto, strerror } from 'libmosquitto';

const TIMEOUT_MS = 30_000;

/** Ends the program when a call has failed. */
export function check(what: string, rc: number, client?: Mosquitto): void {
  if (rc === MOSQ_ERR_SUCCESS) return;
  console.log(`${what}: ${rc}, ${client?.last_error || strerror(rc)}`);
  process.exit(1);
}

/** Connects a client with TLS settings; the exit code is 0 once the broker has accepted it. */
export function visit(client: Mosquitto, host: string, port: number, how: string): void {
  process.exitCode = 1;
  setTimeout(() => {
    console.log('the broker does not answer');
    process.exit();
  }, TIMEOUT_MS).unref();

  // The reason why a handshake failed: "TLS: certificate has expired", "TLS: hostname mismatch", ...
  client.on_log = (_mosq, _obj, level, text) => {
    if (level === MOSQ_LOG_ERR) console.log(text);
  };
  client.on_connect = (mosq, _obj, code) => {
    console.log(`on_connect: ${code}, ${how}`);
    process.exitCode = code;
    mosq.disconnect();
  };
  client.on_disconnect = (mosq, _obj, code) => {
    console.log(`on_disconnect: ${code} (${strerror(code)})`);
    mosq.loop_stop(); // after a failure too: without this the loop would try again
  };

  check('loop_start', client.loop_start());
  check('connect', client.connect(host, port), client);
}
