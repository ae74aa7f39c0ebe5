// Runs fixtures of tests in processes of their own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { scaled, within } from './wait';

export interface ChildOptions {
  args?: string[];
  env?: Record<string, string>;
  /** The time limit in milliseconds. After it the child is killed and the promise rejects. */
  timeoutMs?: number;
  nodeArgs?: string[];
  /** A command that runs Node; Node's arguments follow it. */
  under?: string[];
}

export interface ChildResult {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  ms: number;
}

export interface ChildHandle {
  readonly pid: number;
  /** The first line of the child's output (stdout or stderr), from its start on, that matches. */
  line(pattern: RegExp): Promise<string>;
  /** Writes to the child's standard input. */
  write(text: string): void;
  kill(signal: NodeJS.Signals): void;
  readonly done: Promise<ChildResult>;
}

/** Runs a compiled fixture (test/fixtures/<name>.ts, or a path from there with its extension) in a process of its own and waits for its end. */
export function runChild(fixture: string, options: ChildOptions = {}): Promise<ChildResult> {
  return spawnChild(fixture, options).done;
}

export function spawnChild(fixture: string, options: ChildOptions = {}): ChildHandle {
  const { args = [], env = {}, timeoutMs = 30000, nodeArgs = [], under = [] } = options;
  const script = join(__dirname, '..', 'fixtures', /\.[cm]js$/.test(fixture) ? fixture : `${fixture}.js`);
  const began = performance.now();
  const environment: NodeJS.ProcessEnv = { ...process.env, ...env };
  // node --test sets this variable: a child with it would take part in the run's reporting.
  delete environment.NODE_TEST_CONTEXT;
  // Only Node loads a sanitizer's runtime.
  const { LD_PRELOAD: preload } = environment;
  if (under.length > 0) delete environment.LD_PRELOAD;
  const preloaded = under.length > 0 && preload !== undefined ? ['env', `LD_PRELOAD=${preload}`] : [];
  const [file = '', ...words] = [...under, ...preloaded, process.execPath, ...nodeArgs, script, ...args];
  const child = spawn(file, words, { env: environment, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  const news = (): void => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    news();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    news();
  });
  // A child that has ended cannot read: its exit code says more than EPIPE.
  child.stdin.on('error', () => undefined);
  const onExit = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', onExit);

  let closed = false;
  const done = new Promise<ChildResult>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${fixture} ran longer than ${scaled(timeoutMs)} ms\nstdout: ${stdout}\nstderr: ${stderr}`));
    }, scaled(timeoutMs));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      process.off('exit', onExit);
      closed = true;
      news();
      resolve({ code, signal, stdout, stderr, ms: performance.now() - began });
    });
  });
  // A caller that awaits only a line gets the failure there.
  done.catch(() => undefined);

  const line = (pattern: RegExp): Promise<string> => {
    const found = new Promise<string>((resolve, reject) => {
      const look = (): void => {
        const complete = [...stdout.split('\n').slice(0, -1), ...stderr.split('\n').slice(0, -1)];
        const match = complete.find((text) => pattern.test(text));
        if (match !== undefined) {
          listeners.delete(look);
          resolve(match);
        } else if (closed) {
          listeners.delete(look);
          reject(
            new Error(`${fixture} ended without printing ${String(pattern)}\nstdout: ${stdout}\nstderr: ${stderr}`),
          );
        }
      };
      listeners.add(look);
      look();
    });
    return within(found, `${fixture} to print ${String(pattern)}`, timeoutMs);
  };
  return {
    pid: child.pid ?? 0,
    line,
    write: (text) => child.stdin.write(text),
    kill: (signal) => {
      child.kill(signal);
    },
    done,
  };
}
