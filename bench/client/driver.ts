// The interface of a driver, by which the benchmark uses one client library like any other.

/** A measurement's callbacks. Each driver uses its client as the client's documentation recommends for speed. */
export interface Handlers {
  message(topic: string, payload: Buffer): void;
  /** A message is confirmed: written (QoS 0), or acknowledged (QoS 1 and 2). */
  published(): void;
}

export interface Connection {
  subscribe(filter: string, qos: 0 | 1 | 2): Promise<void>;
  publish(topic: string, payload: Buffer, qos: 0 | 1 | 2): void;
}

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly ca: string | null;
  readonly outstanding: number;
}

export interface Driver {
  /** Resolves when the broker has accepted the connection. */
  open(target: Target, handlers: Handlers): Promise<Connection>;
}

/** Ends the process with an error: a measurement ends with its connection. */
export function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}
