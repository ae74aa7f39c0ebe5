// The program of npm run bench: measures the chosen cases, and reports the figures.

import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cases as allCases, selectCases } from './cases';
import { writeCharts } from './charts';
import { type CommandLine, HELP, parseCommandLine } from './command-line';
import { drivers, selectDrivers } from './drivers';
import { LazyCertificates } from './lazy-certificates';
import { describeMachine, printMachine } from './machine';
import { type Noise, NoiseMeter, printNoise } from './noise';
import { root } from './paths';
import type { Results } from './results';
import { type Plan, runRounds } from './rounds';
import type { Settings } from './settings';
import { printTable } from './table';
import { judge } from './targets';
import { printTargets } from './targets-table';
import { writeJson } from './write-json';

const MEMORY_SECONDS = 600;
const QUICK_BUDGET_SECONDS = 95;

function planOf(line: CommandLine): Plan {
  const cases = line.quick ? allCases.filter(({ target }) => target) : allCases;
  const clients = line.quick ? drivers.filter(({ side }) => side !== 'c-system' && side !== 'other') : drivers;
  const settings: Settings = {
    warmup: line.quick ? 0.2 : 0.3,
    seconds: line.seconds || (line.quick ? 0.4 : 1),
    count: line.count,
    pin: line.pin,
  };
  return {
    cases: selectCases(line.only, cases),
    drivers: selectDrivers(line.drivers, clients),
    settings: ({ work }) =>
      work === 'memory' && line.seconds === 0 ? { ...settings, seconds: MEMORY_SECONDS } : settings,
    rounds: ({ work, target }) => line.rounds || (work === 'memory' ? 1 : target ? 5 : 3),
    budget: line.quick ? QUICK_BUDGET_SECONDS : Number.POSITIVE_INFINITY,
  };
}

function list(): string {
  const line = (name: string, what: string): string => `${name.padEnd(28)}${what}\n`;
  const caseLines = allCases.map(({ id, title }) => line(id, title));
  return `${caseLines.join('')}\n${drivers.map(({ id, label }) => line(id, label)).join('')}`;
}

/** Prints the figures and writes them to files. */
function report(line: CommandLine, plan: Plan, results: Results, noise: Noise): void {
  const machine = describeMachine();
  const verdicts = judge(results);
  if (!line.quick) process.stdout.write(`${printTable(plan.cases, results)}\n`);
  if (verdicts.length > 0) process.stdout.write(printTargets(verdicts, results.rounds));
  process.stdout.write(`\n${printMachine(machine)}${printNoise(noise)}`);
  const folder = resolve(process.env.INIT_CWD ?? '.', line.out ?? join(root, 'bench', 'results'));
  mkdirSync(folder, { recursive: true });
  writeJson(join(folder, 'results.json'), machine, noise, plan.cases, results, verdicts);
  writeCharts(folder, results);
  process.stdout.write(`\nresults.json and charts: ${folder}\n`);
}

async function main(): Promise<void> {
  const line = parseCommandLine(process.argv.slice(2));
  if (line.help || line.list) {
    process.stdout.write(line.help ? HELP : list());
    return;
  }
  const plan = planOf(line);
  const meter = await NoiseMeter.start();
  if (meter.warningAtStart !== null) process.stderr.write(`warning: ${meter.warningAtStart}\n`);
  const certificates = new LazyCertificates();
  try {
    const results = await runRounds(plan, certificates.get);
    report(line, plan, results, meter.finish(results));
    if (results.all.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
  } finally {
    certificates.remove();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
