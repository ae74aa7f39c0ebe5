// Keeps the addon's part of a client in a private field, which the code of this package alone can read.

import type { NativeClient } from './binding';
import { destroyed } from './errors';

/** The native object of a client that was not destroyed; otherwise throws a MosquittoError that names the member. */
export let live: (client: NativeHandle, member: string) => NativeClient;
/** The native object; null once the client was destroyed. */
export let maybe_live: (client: NativeHandle) => NativeClient | null;
/** Takes the native object away; null when that was done before. */
export let take: (client: NativeHandle) => NativeClient | null;

/** A client's part of the addon, out of reach of the package's users. */
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
