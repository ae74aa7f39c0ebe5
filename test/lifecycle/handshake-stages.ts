import { connect, type Socket } from 'node:net';
import { build_info } from 'libmosquitto';
import type { ByteReader } from '../support/byte-reader';
import { consentTo } from '../support/websocket';

/** A point of a handshake at which a test calls disconnect(). */
export interface Stage {
  readonly name: string;
  readonly proxied?: boolean;
  readonly webSockets?: boolean;
  /** The user of TLS: nobody (undefined); the client, while the peer forwards some bytes of a server; or both. */
  readonly tls?: 'forwarded' | 'spoken';
  /** Brings the client to this point. */
  readonly reach: (peer: { socket: Socket; reader: ByteReader; tlsPort: number }) => Promise<void>;
  /** The bytes that the client sends after disconnect(), in hexadecimal digits; none by default. */
  readonly farewell?: RegExp;
}

const ours = build_info().linkage === 'static';
const METHOD = [5, 2];
const GRANTED = [1, 0];
const ROUTED = [5, 0, 0, 1, 127, 0, 0, 1, 7, 91];
const GREETING = 4;
const PASSWORD = 3 + 'user'.length + 'pass'.length;
const ROUTE = 7 + 'localhost'.length;

const disconnect = /^e000$/;
const maskedDisconnect = /^8282[0-9a-f]{12}$/;

/** CONNECT without an id has 14 bytes, the header of its frame two and the mask four. */
const CONNECT_FRAME = 20;

type Reach = Stage['reach'];

function answers(...replies: ReadonlyArray<readonly [sent: number, reply: readonly number[]]>): Reach {
  return async ({ socket, reader }) => {
    let expected = 0;
    for (const [sent, reply] of replies) {
      expected += sent;
      await reader.length(expected);
      socket.write(Buffer.from(reply));
    }
  };
}

const through: Reach = answers([GREETING, METHOD], [PASSWORD, GRANTED], [ROUTE, ROUTED]);
const BEFORE_REPLY = GREETING + PASSWORD + ROUTE;

async function requestOf(reader: ByteReader): Promise<string> {
  await reader.until((bytes) => bytes.includes('\r\n\r\n'), 'the request');
  return reader.bytes.toString('latin1');
}

/** Answers the request for a WebSocket, without some bytes at the end. */
function upgrade(missing: (response: string) => number): Reach {
  return async ({ socket, reader }) => {
    const response = consentTo(await requestOf(reader));
    socket.write(response.slice(0, response.length - missing(response)));
  };
}

/** The first bytes of a TLS server's answer. */
function forward(count: number): Reach {
  return async ({ socket, reader, tlsPort }) => {
    const upstream = connect(tlsPort, '127.0.0.1');
    upstream.on('error', () => undefined);
    socket.once('close', () => upstream.destroy());
    await reader.length(6);
    upstream.write(reader.bytes);
    socket.on('data', (chunk: Buffer) => upstream.write(chunk));
    await new Promise<void>((resolve) => {
      let left = count;
      upstream.on('data', (chunk: Buffer) => {
        if (left > 0) socket.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) resolve();
      });
    });
  };
}

function socksStages(): Stage[] {
  const stage = (name: string, reach: Reach): Stage => ({ name, proxied: true, reach });
  const domain = [5, 0, 0, 3, 4, 104, 111, 115, 116, 7, 91];
  return [
    stage('the greeting is sent', ({ reader }) => reader.length(GREETING)),
    stage('half of the method is there', answers([GREETING, [5]])),
    stage('the password is sent', async (peer) => {
      await answers([GREETING, METHOD])(peer);
      await peer.reader.length(GREETING + PASSWORD);
    }),
    stage('half of the consent is there', answers([GREETING, METHOD], [PASSWORD, [1]])),
    stage('the request is sent', async (peer) => {
      await answers([GREETING, METHOD], [PASSWORD, GRANTED])(peer);
      await peer.reader.length(BEFORE_REPLY);
    }),
    ...[1, 2, 4, 5, 6, 9].map((count) =>
      stage(
        `${count} bytes of the reply are there`,
        answers([GREETING, METHOD], [PASSWORD, GRANTED], [ROUTE, ROUTED.slice(0, count)]),
      ),
    ),
    // The system's library mistakes the port behind a domain for the broker's first bytes.
    ...(ours ? [5, 9, 10] : [5]).map((count) =>
      stage(
        `${count} bytes of a reply with a domain are there`,
        answers([GREETING, METHOD], [PASSWORD, GRANTED], [ROUTE, domain.slice(0, count)]),
      ),
    ),
    {
      name: 'CONNECT is sent through the proxy',
      proxied: true,
      reach: async (peer) => {
        await through(peer);
        await peer.reader.until((bytes) => bytes.includes('MQTT'), 'CONNECT');
      },
      // With the system's library nothing shows that the proxy's handshake is complete: the connection is closed at
      // once.
      farewell: ours ? disconnect : /^$/,
    },
  ];
}

function tlsStages(): Stage[] {
  return [
    { name: 'ClientHello is sent', tls: 'forwarded', reach: ({ reader }) => reader.length(6) },
    ...[1, 5, 60, 600].map(
      (count): Stage => ({
        name: `${count} bytes of the server's answer are there`,
        tls: 'forwarded',
        reach: forward(count),
      }),
    ),
    {
      name: 'ClientHello is sent through a proxy',
      tls: 'forwarded',
      proxied: true,
      reach: async (peer) => {
        await through(peer);
        await peer.reader.length(BEFORE_REPLY + 6);
      },
    },
    {
      name: 'CONNECT is sent',
      tls: 'spoken',
      reach: ({ reader }) => reader.until((bytes) => bytes.includes('MQTT'), 'CONNECT'),
      farewell: disconnect,
    },
  ];
}

function webSocketStages(): Stage[] {
  const stages: Array<[name: string, Reach]> = [
    [
      'the request is sent',
      async ({ reader }) => {
        await requestOf(reader);
      },
    ],
    ['one byte of the response is there', upgrade((response) => response.length - 1)],
    ['half of the response is there', upgrade((response) => response.length >> 1)],
    ['all but the last byte is there', upgrade(() => 1)],
  ];
  return [
    {
      name: 'CONNECT is sent',
      webSockets: true,
      reach: async (peer) => {
        const request = await requestOf(peer.reader);
        peer.socket.write(consentTo(request));
        await peer.reader.length(request.length + CONNECT_FRAME);
      },
      farewell: maskedDisconnect,
    },
    ...stages.map(([name, reach]) => ({ name, reach, webSockets: true })),
    ...stages.map(([name, reach]): Stage => ({ name: `${name}, in TLS`, reach, webSockets: true, tls: 'spoken' })),
    ...stages.map(
      ([name, reach]): Stage => ({
        name: `${name}, through a proxy`,
        webSockets: true,
        proxied: true,
        reach: async (peer) => {
          await through(peer);
          await reach(peer);
        },
      }),
    ),
  ];
}

export function stagesOf(group: 'SOCKS' | 'TLS' | 'WebSockets' | 'CONNECT'): readonly Stage[] {
  if (group === 'SOCKS') return socksStages();
  if (group === 'TLS') return tlsStages();
  if (group === 'WebSockets') return webSocketStages();
  return [
    {
      name: 'CONNECT is sent',
      reach: ({ reader }) => reader.until((bytes) => bytes.includes('MQTT'), 'CONNECT'),
      farewell: disconnect,
    },
  ];
}
