import * as dns from 'node:dns';
import type { NativeClient } from './binding';

type SrvRecord = dns.SrvRecord;

/** How long the name servers may take. */
const LIMIT_MS = 5000;
const TRY_MS = 1500;
const TRIES = 3;
const CANCEL_CHECK_MS = 100;

/** RFC 2782: by priority, and within one by chance, a greater weight being likelier to come first. */
export function in_order(records: readonly SrvRecord[], random: () => number): SrvRecord[] {
  const ordered: SrvRecord[] = [];
  const priorities = [...new Set(records.map(({ priority }) => priority))].sort((one, other) => one - other);
  for (const priority of priorities) {
    // Those without weight first, so that they keep a chance.
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

/** Those that one can connect to: '.' says that the service is not offered, and port 0 is no port of TCP. */
function usable({ name, port }: SrvRecord): boolean {
  return name !== '' && name !== '.' && port > 0;
}

/** A resolver of one question, which can be called off; asks whom dns.setServers() names. */
function new_resolver(): dns.Resolver {
  const resolver = new dns.Resolver({ timeout: TRY_MS, tries: TRIES });
  const servers = dns.getServers();
  if (servers.join() !== resolver.getServers().join()) resolver.setServers(servers);
  return resolver;
}

/** Finds the servers of connect_srv() for one client. */
export class SrvLookUp {
  readonly #native: NativeClient;
  /** The newest answer, for when the name servers are out of reach: a broker may be within it. */
  #known: { readonly name: string; readonly records: SrvRecord[] } | null = null;

  constructor(native: NativeClient) {
    this.#native = native;
  }

  /** Ends in servers_done(), unless the client has turned to something else. */
  begin(question: number, domain: string): void {
    const native = this.#native;
    if (!native.waits_for_servers(question)) return;
    const name = `${native.tls_wanted() ? '_secure-mqtt' : '_mqtt'}._tcp.${domain}`;
    const resolver = new_resolver();
    // Questions under way keep the process alive, and cannot be told not to: none is left without somebody who waits.
    const end = performance.now() + LIMIT_MS;
    const watch = setInterval(() => {
      if (!native.waits_for_servers(question) || performance.now() >= end) resolver.cancel();
    }, CANCEL_CHECK_MS).unref();
    // Node passes no records with an error.
    const done = (error: NodeJS.ErrnoException | null, records: SrvRecord[] = []): void => {
      clearInterval(watch);
      if (native.waits_for_servers(question)) this.#answer(question, name, error, records);
    };
    try {
      resolver.resolveSrv(name, done);
    } catch (error) {
      // A name that is none.
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
        // The name server may have said anything.
        failure = refused instanceof Error ? refused.message : String(refused);
      }
    }
    this.#native.servers_done(question, found > 0 ? null : `Looking for ${name} failed: ${failure}`);
  }
}
