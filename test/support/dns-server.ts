// Serves SRV records for tests of connect_srv().
import { createSocket } from 'node:dgram';
import dns from 'node:dns';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { defer } from './scope';

export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority?: number;
  readonly weight?: number;
}

export interface DnsServer {
  /** The names of the queries, one for each query. */
  readonly questions: readonly string[];
  /** The records of later answers, by name. */
  readonly records: Map<string, SrvRecord[]>;
  /** Whether it answers at all; initially true. */
  answering: boolean;
  readonly address: string;
}

const SRV = 33;
const NO_SUCH_NAME = 3;

/** A DNS server with only SRV records. Until the test ends, this process sends its queries for them only to it. */
export async function dnsServerFor(t: TestContext, known: Record<string, SrvRecord[]>): Promise<DnsServer> {
  const questions: string[] = [];
  const records = new Map(Object.entries(known));
  const server = { questions, records, answering: true, address: '' };
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const { name, type, end } = question(query);
    questions.push(name);
    if (!server.answering) return;
    const answers = type === SRV ? (records.get(name.toLowerCase()) ?? null) : null;
    socket.send(reply(query.subarray(0, end), answers), peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const before = dns.getServers();
  server.address = `127.0.0.1:${socket.address().port}`;
  dns.setServers([server.address]);
  defer(t, async () => {
    dns.setServers(before);
    socket.close();
    await once(socket, 'close');
  });
  return server;
}

function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** Repeats header and question, and adds the answers. */
function reply(asked: Buffer, answers: SrvRecord[] | null): Buffer {
  const header = Buffer.from(asked);
  header.writeUInt16BE(0x8180 | (answers === null ? NO_SUCH_NAME : 0), 2);
  header.writeUInt16BE(answers?.length ?? 0, 6);
  header.writeUInt32BE(0, 8); // no authorities, nothing additional
  return Buffer.concat([header, ...(answers ?? []).map(srv)]);
}

function srv({ name, port, priority = 0, weight = 0 }: SrvRecord): Buffer {
  const target = Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
  const fixed = Buffer.alloc(18);
  fixed.writeUInt16BE(0xc00c, 0); // the name that was asked for
  fixed.writeUInt16BE(SRV, 2);
  fixed.writeUInt16BE(1, 4);
  fixed.writeUInt32BE(0, 6); // time to live 0: not to be cached
  fixed.writeUInt16BE(6 + target.length, 10);
  fixed.writeUInt16BE(priority, 12);
  fixed.writeUInt16BE(weight, 14);
  fixed.writeUInt16BE(port, 16);
  return Buffer.concat([fixed, target]);
}
