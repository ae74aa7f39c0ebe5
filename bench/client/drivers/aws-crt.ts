// The driver of aws-crt.

import { randomUUID } from 'node:crypto';
import type * as AwsCrt from 'aws-crt';
import { type Connection, type Driver, fail, type Handlers, type Target } from '../driver';
import { requireRival } from '../rivals';

const { io, mqtt } = requireRival('aws-crt') as typeof AwsCrt;

const client = new mqtt.MqttClient(new io.ClientBootstrap());
const socketOptions = new io.SocketOptions();

function tlsContext(ca: string): AwsCrt.io.ClientTlsContext {
  const options = new io.TlsContextOptions();
  options.override_default_trust_store_from_path(undefined, ca);
  return new io.ClientTlsContext(options);
}

async function open(target: Target, handlers: Handlers): Promise<Connection> {
  const connection = client.new_connection({
    client_id: `bench-${randomUUID()}`,
    host_name: target.host,
    port: target.port,
    clean_session: true,
    socket_options: socketOptions,
    tls_ctx: target.ca === null ? undefined : tlsContext(target.ca),
  });
  connection.on('error', fail);
  connection.on('interrupt', fail);
  connection.on('message', (topic, payload) => {
    handlers.message(topic, Buffer.from(payload));
  });
  const published = (): void => {
    handlers.published();
  };
  await connection.connect();
  return {
    subscribe: async (filter, qos) => {
      await connection.subscribe(filter, qos);
    },
    publish: (topic, payload, qos) => {
      connection.publish(topic, payload, qos).then(published, fail);
    },
  };
}

export const awsCrt: Driver = { open };
