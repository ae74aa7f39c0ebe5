import type { NativeClient } from '../native/binding';
import { NativeHandle } from '../native/native-handle';
import { CALLBACK_NAMES, EventSink } from './event-sink';

/** The `#sink` of a client, for mosquitto.ts alone: users of the package see the callbacks only. */
export let sink_of: <T>(client: ClientCallbacks<T>) => EventSink<unknown, T>;
export let renew_sink: <T>(client: ClientCallbacks<T>, native: NativeClient, obj: T) => void;

/**
 * The callbacks of a client. Assign a function, or null to take it off; a bound method is a function. They may be
 * assigned at any time, from inside a callback too, and may call any method, destroy() included. Each is called with
 * the client, the object given to the constructor or user_data_set(), and what the callback is about; `this` is the
 * client unless the function is bound. A subclass may instead define them as methods.
 *
 * Delivery decides whether anybody listens: a callback gets what happens in the turn of the event loop in which it is
 * assigned, also what happens before the assignment. Only on_log gets libmosquitto's lines from its assignment on.
 *
 * With loop() and its parts they run inside that call, before it returns, and what they throw comes out of it. With
 * loop_start() and loop_forever() they run on Node's event loop, and what they throw is an 'uncaughtException'. Either
 * way the events that follow are still delivered. They never run inside publish(), subscribe() or any other method.
 *
 * An `async` function may be assigned. Nothing waits for its promise: the next callback runs before it has settled, and
 * QoS 1 and 2 are acknowledged as if it had returned. A rejection that the function does not catch is an
 * 'unhandledRejection' of the process, which ends Node by default. on_ext_auth has to return a number and cannot be async.
 *
 * Assigning anything but a function or null throws a TypeError, and so does a class field of such a name in a subclass.
 */
export abstract class ClientCallbacks<T> extends NativeHandle {
  #sink: EventSink<this, T>;

  static {
    sink_of = (client) => client.#sink;
    renew_sink = (client, native, obj) => {
      client.#sink = new EventSink(client, native, obj);
    };
    // Typed in public-class.ts: TypeScript lets no method of a subclass take the place of an accessor.
    for (const name of CALLBACK_NAMES) {
      Object.defineProperty(ClientCallbacks.prototype, name, {
        get(this: ClientCallbacks<unknown>) {
          return this.#sink.callbacks[name];
        },
        set(this: ClientCallbacks<unknown>, callback) {
          this.#sink.set(name, callback);
        },
        configurable: true,
      });
    }
  }

  constructor(native: NativeClient, obj: T) {
    super(native);
    this.#sink = new EventSink(this, native, obj);
  }
}

/**
 * Makes the methods named on_* of a subclass its callbacks. They hide the accessors above, so without this they would
 * never be called; and a class field of such a name, which JavaScript defines instead of assigning, fails loudly.
 */
export function adopt_methods<T>(client: ClientCallbacks<T>): void {
  for (const name of CALLBACK_NAMES) {
    const accessor = Object.getOwnPropertyDescriptor(ClientCallbacks.prototype, name);
    const found = inherited(client, name);
    if (found === undefined || ('get' in found && found.get !== accessor?.get)) continue;
    Object.defineProperty(client, name, { ...accessor, configurable: false });
    if ('value' in found) Reflect.set(client, name, found.value);
  }
}

function inherited(object: object, name: string): PropertyDescriptor | undefined {
  for (let at: object | null = Object.getPrototypeOf(object); at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
