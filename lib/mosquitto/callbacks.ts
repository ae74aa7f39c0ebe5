// The callbacks of a client, as functions that a program assigns or as methods of a subclass.

import type { NativeClient } from '../native/binding';
import { NativeHandle } from '../native/native-handle';
import { CALLBACK_NAMES, EventSink } from './event-sink';

/** Returns the `#sink` of a client. Only modules of this folder use it; users of the package see only the callbacks. */
export let sink_of: <T>(client: ClientCallbacks<T>) => EventSink<unknown, T>;
export let renew_sink: <T>(client: ClientCallbacks<T>, native: NativeClient, obj: T) => void;

/**
 * The callbacks of a client. Assign a function, or null to remove it; a bound method is a function. A program may assign
 * them at any time, from inside a callback too. They may call any method, destroy() included. Their first arguments are
 * the client, and the object given to the constructor or user_data_set(). `this` is the client unless the function is
 * bound. A subclass may instead define them as methods.
 *
 * An event gets its callback when it is delivered. A callback therefore gets all events of the turn of the event loop in
 * which it is assigned, also those from before the assignment. on_log is the exception: it gets libmosquitto's lines only
 * from its assignment on.
 *
 * With loop(), loop_read(), loop_write() and loop_misc() callbacks run inside that call, before it returns, and the call
 * throws their errors. With loop_start() and loop_forever() they run on Node's event loop, and their errors are an
 * 'uncaughtException'. In both cases the events that follow are still delivered. No callback runs inside publish(),
 * subscribe() or disconnect(). connect() and reconnect() run on_pre_connect, and on_log when they fail.
 *
 * An `async` function may be assigned. The client does not await its promise: the next callback runs before it has settled,
 * and QoS 1 and 2 are acknowledged as if it had returned. A rejection that the function does not catch is an
 * 'unhandledRejection' of the process, which ends Node by default. on_ext_auth has to return a number and cannot be async.
 *
 * Assigning anything but a function or null throws a TypeError. So does a class field with a callback's name in a subclass.
 */
export abstract class ClientCallbacks<T> extends NativeHandle {
  #sink: EventSink<this, T>;

  static {
    sink_of = (client) => client.#sink;
    renew_sink = (client, native, obj) => {
      client.#sink = new EventSink(client, native, obj);
    };
    // public-class.ts declares these accessors: TypeScript does not let a method of a subclass override an accessor.
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
 * Makes the methods of a subclass that are named on_* its callbacks. They hide the accessors of ClientCallbacks, and would
 * otherwise never be called. A class field of such a name throws a TypeError, because JavaScript defines a field instead of
 * assigning it.
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
