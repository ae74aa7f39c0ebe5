// The demo starts a broker, sends every kind of message, prints each callback, and then sends many messages end to end.
//   node demo.js [number of messages = 100000]
import { build_info } from 'libmosquitto';
import { startBroker } from './support/broker';
import { tour } from './support/tour';
import { transfer } from './support/transfer';

async function main(count: number): Promise<void> {
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error('the number of messages must be a whole number above 0');
  const { libmosquitto, linkage, openssl } = build_info();
  console.log(`libmosquitto ${libmosquitto} (${linkage})${openssl ? `, ${openssl}` : ''}, Node.js ${process.version}`);

  const broker = await startBroker();
  try {
    console.log(`broker: mosquitto ${broker.version} on ${broker.host}:${broker.port}\n`);
    await tour(broker.host, broker.port);

    console.log(`\n${count} messages of 100 bytes, from one client through the broker to another:`);
    for (const qos of [0, 1, 2] as const) {
      const { seconds, lost } = await transfer(broker.host, broker.port, count, qos);
      const fate = lost === 0 ? 'none lost' : `${lost} LOST`;
      console.log(`  QoS ${qos}: ${seconds.toFixed(2)} s, ${Math.round(count / seconds)} messages/s, ${fate}`);
      if (lost > 0) process.exitCode = 1;
    }
  } finally {
    await broker.stop();
  }
  console.log('\nboth clients and the broker have stopped');
}

main(Number(process.argv[2] ?? 100_000)).catch((error: unknown) => {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
