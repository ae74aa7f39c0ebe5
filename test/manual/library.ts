// Uses the functions of libmosquitto.h and libmosquitto_create_delete.h.
import assert from 'node:assert/strict';
import {
  build_info,
  lib_cleanup,
  lib_init,
  lib_version,
  MOSQ_ERR_INVAL,
  Mosquitto,
  MosquittoError,
} from 'libmosquitto';
import { clientFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { until } from '../support/wait';
import { type Chapter, connectedFor } from './chapter';

export const library: Chapter = {
  'libmosquitto.h': {
    mosquitto_lib_version: () => {
      const { major, minor } = lib_version();
      assert.ok(build_info().libmosquitto.startsWith(`${major}.${minor}.`));
    },
    mosquitto_lib_init: async (t, broker) => {
      assert.equal(lib_init(), 0);
      await connectedFor(t, broker);
    },
    mosquitto_lib_cleanup: async (t, broker) => {
      assert.equal(lib_cleanup(), 0);
      await connectedFor(t, broker);
    },
  },
  'libmosquitto_create_delete.h': {
    mosquitto_new: async (t, broker) => {
      await connectedFor(t, broker, clientFor(t, 'mosquitto_new', true, { any: 'thing' }));
      assert.match(broker.log(), /as mosquitto_new /);
      const refused = (error: unknown): boolean => error instanceof MosquittoError && error.rc === MOSQ_ERR_INVAL;
      assert.throws(() => new Mosquitto(null, false), refused);
    },
    mosquitto_destroy: async (t, broker) => {
      const client = await connectedFor(t, broker, clientFor(t, 'mosquitto_destroy'));
      client.destroy();
      await until(() => /Client mosquitto_destroy .*(closed|disconnected)/.test(broker.log()), 'the end');
      assert.throws(() => client.publish('t'), MosquittoError);
    },
    mosquitto_reinitialise: async (t, broker) => {
      const client = await connectedFor(t, broker);
      assert.equal(client.reinitialise('mosquitto_reinitialise', true, 'another object'), 0);
      assert.equal(client.userdata(), 'another object');
      assert.equal(client.socket(), -1);
      assert.equal(client.loop_start(), 0);
      await connectTo(client, broker);
      assert.match(broker.log(), /as mosquitto_reinitialise /);
      assert.equal(client.loop_stop(true), 0);
    },
  },
};
