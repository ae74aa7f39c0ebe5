// A SOCKS5 proxy resolves the broker's name, and makes the connection.
//   node socks5.js [host] [port] [proxy host] [proxy port] [user name] [password]
import { Mosquitto, strerror } from 'libmosquitto';
import { check } from './support/visit';

const [host = 'localhost', port = '1883', proxy = 'localhost', proxyPort = '1080', username, password] =
  process.argv.slice(2);
process.exitCode = 1; // until the broker has accepted us
setTimeout(() => process.exit(), 30_000).unref();

const client = new Mosquitto('example-socks5');
check('socks5_set', client.socks5_set(proxy, Number(proxyPort), username, password)); // before connect()

client.on_connect = (mosq, _obj, code) => {
  console.log(`on_connect: ${code}, through ${proxy}:${proxyPort}`);
  process.exitCode = 0;
  mosq.disconnect();
};
client.on_disconnect = (mosq, _obj, code) => {
  console.log(`on_disconnect: ${code} (${strerror(code)})`);
  mosq.loop_stop();
};

check('connect', client.connect(host, Number(port)), client);
client.loop_start();
