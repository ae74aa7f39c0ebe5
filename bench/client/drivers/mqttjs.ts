// The driver of MQTT.js.

import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import type * as Mqtt from 'mqtt';
import { type Connection, type Driver, fail, type Handlers, type Target } from '../driver';
import { requireRival } from '../rivals';

const mqtt = requireRival('mqtt') as typeof Mqtt;

// One options object for all calls, as in a program that is written for speed.
const PUBLISH_OPTIONS = [{ qos: 0 }, { qos: 1 }, { qos: 2 }] as const;

function open(target: Target, handlers: Handlers): Promise<Connection> {
  const client = mqtt.connect({
    protocol: target.ca === null ? 'mqtt' : 'mqtts',
    host: target.host,
    port: target.port,
    ca: target.ca === null ? undefined : readFileSync(target.ca),
    reconnectPeriod: 0,
  });
  client.on('error', fail);
  client.on('close', () => fail('the connection broke'));
  client.on('message', (topic, payload) => {
    handlers.message(topic, payload);
  });
  const published = (error?: Error | null): void => {
    if (error) fail(error);
    handlers.published();
  };
  const connection: Connection = {
    subscribe: async (filter, qos) => {
      await client.subscribeAsync(filter, { qos });
    },
    publish: (topic, payload, qos) => {
      client.publish(topic, payload, PUBLISH_OPTIONS[qos], published);
    },
  };
  return new Promise((resolve) => {
    client.once('connect', () => {
      if (client.stream instanceof Socket) client.stream.setNoDelay(true);
      resolve(connection);
    });
  });
}

export const mqttJs: Driver = { open };
