import type { SrvRecord } from 'node:dns';
import * as dns from 'node:dns';
import { connect } from 'node:net';

const PROBE_MS = 5000;
const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30000;

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

/** By the resolver that dns.setServers() sets, which is not the one of node:dns/promises. */
function look_up(name: string): Promise<SrvRecord[]> {
  return new Promise((resolve, reject) => {
    dns.resolveSrv(name, (error, records) => {
      if (error !== null) reject(error);
      else resolve(records);
    });
  });
}

/** Whether a TCP connection to a server can be made. */
function answers({ name, port }: SrvRecord): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: name, port, timeout: PROBE_MS });
    const end = (reachable: boolean): void => {
      socket.destroy();
      resolve(reachable);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

/** What a search does with its outcome. It ends when `current` says so: the client has turned to something else. */
export interface SearchUser {
  current(): boolean;
  found(server: SrvRecord): void;
  failed(text: string): void;
}

/** Looks for a server of a domain that answers, again and again, and never keeps the process alive while it waits. */
export async function search(service: string, domain: string, user: SearchUser): Promise<void> {
  const name = `${service}._tcp.${domain}`;
  for (let delay = FIRST_DELAY_MS; user.current(); delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
    let reason = 'none of its servers answers';
    try {
      for (const server of in_order(await look_up(name), Math.random)) {
        if (!(await answers(server))) continue;
        if (user.current()) user.found(server);
        return;
      }
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (!user.current()) return;
    user.failed(`Looking for ${name} failed: ${reason}. Next attempt in ${delay / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, delay).unref());
  }
}
