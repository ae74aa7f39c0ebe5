// Starts and stops a real mosquitto.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainEnvironment } from './environment';
import { type ReservedPort, reservePort } from './ports';
import { until } from './wait';

const MOSQUITTO = process.env.MOSQUITTO ?? '/usr/sbin/mosquitto';
// Ends the broker when this process dies in any way, by a crash too.
const SETPRIV = '/usr/bin/setpriv';

export interface BrokerOptions {
  /** Lines for the configuration. Anonymous clients are allowed unless one of these lines says otherwise. */
  config?: string[];
  /** Files put into the broker's folder before it starts; `{dir}` in `config` names the folder. */
  files?: Record<string, string>;
  persistence?: boolean;
  host?: string;
  /** Variables of its environment; `{dir}` works as in `config`. */
  env?: Record<string, string>;
}

export interface Broker {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  readonly dir: string;
  log(): string;
  /** Sends SIGTERM, on which the broker saves its persistent state; waits for its end. */
  stop(): Promise<void>;
  /** Sends SIGKILL; waits for its end. */
  kill(): Promise<void>;
  /** Starts the broker again after stop() or kill(), with the same port, configuration and persistent state. */
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A real mosquitto on a free loopback port. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const broker = new MosquittoBroker(await reservePort(options.host), options);
  try {
    await broker.start();
  } catch (error) {
    await broker[Symbol.asyncDispose]();
    throw error;
  }
  return broker;
}

class MosquittoBroker implements Broker {
  readonly host: string;
  readonly port: number;
  readonly dir = mkdtempSync(join(tmpdir(), 'libmosquitto-broker-'));
  readonly #reserved: ReservedPort;
  readonly #env: NodeJS.ProcessEnv;
  readonly #logFile = join(this.dir, 'log');
  #child: ChildProcess | null = null;

  constructor(reserved: ReservedPort, options: BrokerOptions) {
    this.#reserved = reserved;
    this.port = reserved.port;
    this.host = options.host ?? '127.0.0.1';
    const env = Object.entries(options.env ?? {}).map(([name, value]) => [name, value.replaceAll('{dir}', this.dir)]);
    this.#env = { ...plainEnvironment(), ...(Object.fromEntries(env) as Record<string, string>) };
    for (const [name, content] of Object.entries(options.files ?? {})) {
      writeFileSync(join(this.dir, name), content, { mode: 0o600 });
    }
    const lines = configuration(this.dir, this.host, this.port, options);
    writeFileSync(join(this.dir, 'mosquitto.conf'), `${lines.join('\n')}\n`);
    writeFileSync(this.#logFile, '');
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the broker is not running');
    return pid;
  }

  log(): string {
    return readFileSync(this.#logFile, 'utf8');
  }

  async start(): Promise<void> {
    if (this.#child !== null) throw new Error('the broker is running already');
    const before = this.log().length;
    // The log goes to a file and not to a pipe, because a test that blocks this thread must not stop the broker.
    const log = openSync(this.#logFile, 'a');
    const command = [MOSQUITTO, '-c', join(this.dir, 'mosquitto.conf')];
    if (existsSync(SETPRIV)) command.unshift(SETPRIV, '--pdeathsig', 'KILL', '--');
    const [file, ...args] = command as [string, ...string[]];
    const child = spawn(file, args, { stdio: ['ignore', log, log], cwd: this.dir, env: this.#env });
    closeSync(log);
    let failure: Error | null = null;
    child.once('error', (error) => {
      failure = error;
    });
    child.once('exit', () => running.delete(child));
    running.add(child);
    this.#child = child;
    const news = (): string => this.log().slice(before);
    await until(
      () => failure !== null || ended(child) || / running$/m.test(news()),
      () => `mosquitto to start:\n${news()}`,
    );
    if (failure !== null || ended(child)) {
      this.#child = null;
      throw new Error(`${MOSQUITTO} did not start: ${String(failure ?? '')}\n${news()}`);
    }
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  pause(): void {
    process.kill(this.pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.pid, 'SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.#reserved.release();
    rmSync(this.dir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || ended(child)) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    // mosquitto forgets a SIGTERM that comes between its line 'running' and its main loop.
    const again = setInterval(() => child.kill(signal), 500);
    await exit;
    clearInterval(again);
  }
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function configuration(dir: string, host: string, port: number, options: BrokerOptions): string[] {
  const extra = (options.config ?? []).map((line) => line.replaceAll('{dir}', dir));
  const lines = [
    `listener ${port} ${host}`,
    'log_dest stderr',
    'connection_messages true',
    'set_tcp_nodelay true',
    // Tests count every message, so the broker must not drop messages that a slow reader has not read yet.
    'max_queued_messages 0',
  ];
  // mosquitto, if root starts it, changes to another user, who cannot read our temporary folder.
  if (process.getuid?.() === 0) lines.push('user root');
  if (!extra.some((line) => line.startsWith('allow_anonymous'))) lines.push('allow_anonymous true');
  if (options.persistence === true) lines.push('persistence true', `persistence_location ${dir}/`);
  return [...lines, ...extra];
}
