// Stores the addon's part of a client in a private field. Only the code of this package can read it.

import type { NativeClient } from './binding';
import { destroyed } from './errors';

/** Returns the native object. Throws a MosquittoError that names the member when the client was destroyed. */
export let live: (client: NativeHandle, member: string) => NativeClient;
/** Returns the native object; null once the client was destroyed. */
export let maybe_live: (client: NativeHandle) => NativeClient | null;
/** Removes the native object and returns it; null when it was removed before. */
export let take: (client: NativeHandle) => NativeClient | null;

/** The base class of a client: it has the client's native object, which users of the package cannot reach. */
export abstract class NativeHandle {
  #native: NativeClient | null;

  static {
    live = (client, member) => {
      if (client.#native === null) throw destroyed(member);
      return client.#native;
    };
    maybe_live = (client) => client.#native;
    take = (client) => {
      const native = client.#native;
      client.#native = null;
      return native;
    };
  }

  constructor(native: NativeClient) {
    this.#native = native;
  }
}
