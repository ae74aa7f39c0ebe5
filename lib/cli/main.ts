#!/usr/bin/env node
// `npx libmosquitto COMMAND`. It runs where the addon is missing, so neither it nor a command imports the library.
import { build } from './build';
import type { Command } from './command';

const commands = new Map<string, Command>([['build', build]]);

function usage(): string {
  const lines = [...commands].map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`);
  return ['usage: libmosquitto COMMAND', '', ...lines, ''].join('\n');
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(usage());
    return 0;
  }
  const command = commands.get(name ?? '');
  if (command !== undefined) return command.run(args);
  const problem = name === undefined ? 'a command is missing' : `there is no command '${name}'`;
  process.stderr.write(`libmosquitto: ${problem}\n${usage()}`);
  return 2;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`libmosquitto: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
