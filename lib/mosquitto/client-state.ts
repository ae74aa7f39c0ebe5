// The members of a client that report its state, util.inspect() included.

import { type InspectOptions, inspect } from 'node:util';
import type { MosquittoStats } from '../native/binding';
import { live, maybe_live } from '../native/native-handle';
import { ClientFlush } from './client-flush';

/** The states of a client, in the order of `enum class State` in native/client/client.h. */
const STATES = ['disconnected', 'connecting', 'connected', 'disconnecting'] as const;

/** Stores the client's id for util.inspect(), which shows it after destroy() too. Only mosquitto.ts uses it. */
export let remember_id: <T>(client: ClientState<T>, client_id: string | null) => void;
/** Stores the client's broker, likewise. `port` is 0 when `hostname` is a socket's path or a domain. */
export let remember_broker: <T>(client: ClientState<T>, hostname: string | null, port?: number) => void;

/** The broker in the same form as in last_error. */
function place_of(hostname: string | null, port: number): string | null {
  if (hostname === null || port === 0) return hostname;
  return hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** The members that report the state of a client. */
export abstract class ClientState<T> extends ClientFlush<T> {
  #client_id: string | null = null;
  #hostname: string | null = null;
  #port = 0;

  static {
    remember_id = (client, client_id) => {
      client.#client_id = client_id;
    };
    remember_broker = (client, hostname, port = 0) => {
      client.#hostname = hostname;
      client.#port = port;
    };
  }

  /**
   * Message id of the newest publish(), subscribe() or unsubscribe(), 1 to 65535; 0 before the first. The first id is chosen
   * at random, and a new message never gets an id that is in use. C's `mid` out-parameter.
   */
  get last_mid(): number {
    return live(this, 'last_mid').last_mid();
  }

  /**
   * The OS error of the newest MOSQ_ERR_ERRNO (such as ECONNREFUSED) or MOSQ_ERR_EAI (an EAI_* code); C's `errno`. 0 by
   * default.
   */
  get last_errno(): number {
    return live(this, 'last_errno').last_errno();
  }

  /**
   * The newest failure to connect, or the reason why a connection ended, in words: host, port, and the system's, OpenSSL's
   * or the broker's reason, such as `Connecting to localhost:1883 failed: Connection refused (ECONNREFUSED)`. A setter of
   * TLS that returns MOSQ_ERR_INVAL stores its reason here too. '' before the first failure. A later success does not clear
   * it.
   */
  get last_error(): string {
    return live(this, 'last_error').last_error();
  }

  /** Whether the broker has accepted the current connection. False by default, and after disconnect(). */
  get connected(): boolean {
    return STATES[live(this, 'connected').state()] === 'connected';
  }

  /**
   * Returns counters and sizes since the client was created, or reinitialised: a copy, cheap to take. All are 0 at first. C has
   * no such function.
   */
  stats(): MosquittoStats {
    return live(this, 'stats').stats();
  }

  /** Shows the client's id, broker and state, and the fields of a subclass. Works after destroy() too. */
  [inspect.custom](depth: number, options: InspectOptions): string {
    const { name } = this.constructor;
    if (depth < 0) return `[${name}]`;
    const client_id = this.#client_id;
    const broker = place_of(this.#hostname, this.#port);
    const native = maybe_live(this);
    const state = native === null ? 'destroyed' : STATES[native.state()];
    return `${name} ${inspect({ client_id, broker, state, ...this }, { ...options, depth })}`;
  }
}
