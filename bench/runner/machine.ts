// Describes the machine and the versions of all programs, for the report.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { program, root } from './paths';

export interface Machine {
  readonly date: string;
  readonly processor: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly versions: Readonly<Record<string, string>>;
}

function packageVersion(...folder: string[]): string {
  const { version } = JSON.parse(readFileSync(join(root, ...folder, 'package.json'), 'utf8')) as { version: string };
  return version;
}

function libraryVersion(name: string): string {
  const text = execFileSync(program(name), ['--work', 'version'], { encoding: 'utf8' });
  return (JSON.parse(text) as { version: string }).version;
}

function brokerVersion(): string {
  // It prints its version with its help, and exits with code 3.
  const { stdout } = spawnSync(process.env.MOSQUITTO ?? '/usr/sbin/mosquitto', ['-h'], { encoding: 'utf8' });
  return /version (\S+)/.exec(stdout)?.[1] ?? 'unknown';
}

function commit(): string {
  const git = (...args: string[]): string => spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim();
  const dirty = git('status', '--porcelain', '--untracked-files=no') !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${dirty ? ', with changes' : ''}`;
}

function system(): string {
  const name = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  return `${name}, kernel ${release()}`;
}

export function describeMachine(): Machine {
  const processors = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}`,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: system(),
    versions: {
      commit: commit(),
      'libmosquitto for Node.js': packageVersion(),
      'libmosquitto, static': libraryVersion('c-client'),
      "libmosquitto, the system's": libraryVersion('c-client-system'),
      'mosquitto broker': brokerVersion(),
      'Node.js': process.version,
      ...Object.fromEntries(
        ['mqtt', 'aws-crt', 'u8-mqtt'].map((name) => [name, packageVersion('bench', 'node_modules', name)]),
      ),
    },
  };
}

export function printMachine({ date, processor, memoryGiB, system, versions }: Machine): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${date}, ${processor}, ${memoryGiB} GiB, ${system}\n${names.join(', ')}\n`;
}
