// Loads the driver of a client library by its name.

import type { Driver } from './driver';

/** Drivers are loaded on demand, because the time to load one is part of the measured start-up. */
const drivers: Record<string, () => Driver> = {
  'ours-loop': () => ours()('loop'),
  'ours-event-loop': () => ours()('event-loop'),
  'ours-thread': () => ours()('thread'),
  'mqtt.js': () => (require('./drivers/mqttjs') as typeof import('./drivers/mqttjs')).mqttJs,
  'aws-crt': () => (require('./drivers/aws-crt') as typeof import('./drivers/aws-crt')).awsCrt,
  'u8-mqtt': () => (require('./drivers/u8-mqtt') as typeof import('./drivers/u8-mqtt')).u8Mqtt,
};

function ours(): typeof import('./drivers/ours').ours {
  return (require('./drivers/ours') as typeof import('./drivers/ours')).ours;
}

export function loadDriver(name: string): Driver {
  const load = drivers[name];
  if (load === undefined) throw new Error(`--driver '${name}' is none of ${Object.keys(drivers).join(', ')}`);
  return load();
}
