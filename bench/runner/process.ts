// Starts programs, and reads the lines that they print.

import { spawn } from 'node:child_process';
import { plainEnvironment } from '../../test/support/environment';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

/** A program that was started, with its output and its end. */
export interface Running {
  /** The first line that it prints. */
  readonly firstLine: Promise<string>;
  /** The last line that it prints, once it has ended well. */
  readonly lastLine: Promise<string>;
  stop(signal: NodeJS.Signals): void;
}

// Other clients warn about Node's version, which is not for a report.
const environment = { ...plainEnvironment(), NODE_NO_WARNINGS: '1' };
const children = new Set<Running>();
process.on('exit', () => {
  for (const child of children) child.stop('SIGKILL');
});

export function start({ file, args }: Command, timeoutMs: number): Running {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  let output = '';
  let errors = '';
  let late = false;
  let begun = (_line: string): void => undefined;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, timeoutMs);
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const end = output.indexOf('\n');
    if (end >= 0) begun(output.slice(0, end));
  });
  const lastLine = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      children.delete(running);
      if (code === 0) resolve(output.trimEnd().split('\n').at(-1) ?? '');
      else reject(new Error(late ? `no end after ${timeoutMs / 1000} s` : `${errors.trim()} (${code ?? signal})`));
    });
  });
  // A caller that awaits the promise gets a failure; one that does not has stopped the program.
  lastLine.catch(() => undefined);
  const firstLine = Promise.race([
    new Promise<string>((resolve) => {
      begun = resolve;
    }),
    lastLine,
  ]);
  firstLine.catch(() => undefined);
  const running: Running = {
    firstLine,
    lastLine,
    stop: (signal) => {
      child.kill(signal);
    },
  };
  children.add(running);
  return running;
}
