// Finds the brokers of connect_srv(), which DNS lists in SRV records. The addon records a look_up event, and waits before it
// connects. Node's resolver looks the domain up. server_found() and servers_done() pass the answer to the addon.

import * as dns from 'node:dns';
import type { NativeClient } from './binding';

type SrvRecord = dns.SrvRecord;

/** Bounds one look-up, and one question to one name server. */
const LIMIT_MS = 5000;
const TRY_MS = 1500;
const TRIES = 3;
const CANCEL_CHECK_MS = 100;

/** Sorts servers as RFC 2782 demands: by priority, and at random within one, where a greater weight is likelier to be first. */
export function in_order(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const ordered: SrvRecord[] = [];
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((one, other) => one - other);
  for (const priority of priorities) {
    // A server without weight has to come first here, or it would never be chosen before the last.
    const left = records
      .filter((record) => record.priority === priority)
      .sort((one, other) => one.weight - other.weight);
    while (left.length > 0) {
      let chosen = random() * left.reduce((sum, { weight }) => sum + weight, 0);
      const at = left.findIndex(({ weight }) => {
        chosen -= weight;
        return chosen <= 0;
      });
      ordered.push(...left.splice(Math.max(0, at), 1));
    }
  }
  return ordered;
}

/** Returns whether one can connect there. The name '.' says that the service is not offered, and TCP has no port 0. */
function usable({ name, port }: SrvRecord): boolean {
  return name !== '' && name !== '.' && port > 0;
}

/** Makes a resolver for one question, which can be cancelled. It asks the servers that dns.setServers() has set. */
function new_resolver(): dns.Resolver {
  const resolver = new dns.Resolver({ timeout: TRY_MS, tries: TRIES });
  const servers = dns.getServers();
  if (servers.join() !== resolver.getServers().join()) resolver.setServers(servers);
  return resolver;
}

/** Finds the servers of connect_srv() for one client. */
export class SrvLookUp {
  readonly #native: NativeClient;
  /** The newest answer. It is used again while no name server can be reached. */
  #known: { readonly name: string; readonly records: SrvRecord[] } | null = null;

  constructor(native: NativeClient) {
    this.#native = native;
  }

  /** Looks a domain up. Ends in servers_done(), unless the question is no longer pending. */
  begin(question: number, domain: string): void {
    const native = this.#native;
    if (!native.look_up_pending(question)) return;
    const name = `${native.tls_wanted() ? '_secure-mqtt' : '_mqtt'}._tcp.${domain}`;
    const resolver = new_resolver();
    // A running question keeps the process alive, and has no unref(). It is cancelled when it is no longer pending.
    const end = performance.now() + LIMIT_MS;
    const watch = setInterval(() => {
      if (!native.look_up_pending(question) || performance.now() >= end) resolver.cancel();
    }, CANCEL_CHECK_MS).unref();
    // Node passes no records with an error.
    const done = (error: NodeJS.ErrnoException | null, records: SrvRecord[] = []): void => {
      clearInterval(watch);
      if (native.look_up_pending(question)) this.#answer(question, name, error, records);
    };
    try {
      resolver.resolveSrv(name, done);
    } catch (error) {
      // The domain is not a valid name.
      queueMicrotask(() => done(error as Error));
    }
  }

  #answer(question: number, name: string, error: NodeJS.ErrnoException | null, records: SrvRecord[]): void {
    let servers = records;
    let failure = error?.message ?? 'it names no server';
    if (error === null) {
      this.#known = { name, records };
    } else if (error.code !== dns.NOTFOUND && error.code !== dns.NODATA && this.#known?.name === name) {
      servers = this.#known.records;
    }
    let found = 0;
    for (const server of in_order(servers.filter(usable), Math.random)) {
      try {
        this.#native.server_found(question, server.name, server.port);
        found++;
      } catch (refused) {
        // A name server may send any text as a name.
        failure = refused instanceof Error ? refused.message : String(refused);
      }
    }
    this.#native.servers_done(question, found > 0 ? null : `Looking for ${name} failed: ${failure}`);
  }
}
