import { rmSync } from 'node:fs';
import { type Certificates, makeCertificates } from '../../test/support/certificates';
import { type Case, cases, selectCases } from './cases';
import { type CommandLine, HELP, parseCommandLine } from './command-line';
import { drivers, selectDrivers } from './drivers';
import { type Plan, runRounds } from './rounds';
import { columns, printTable } from './table';

function planOf(line: CommandLine): Plan {
  const seconds = line.seconds || (line.quick ? 0.4 : 1.5);
  const warmup = line.quick ? 0.2 : 0.5;
  return {
    cases: selectCases(line.only, line.quick ? cases.filter(({ target }) => target) : cases),
    drivers: selectDrivers(
      line.drivers,
      line.quick ? drivers.filter(({ side }) => side !== 'c-system' && side !== 'other') : drivers,
    ),
    timing: () => ({ warmup, seconds, count: line.count }),
    rounds: (one: Case) => line.rounds || (one.target ? 5 : 3),
    budget: line.quick ? 100 : Number.POSITIVE_INFINITY,
  };
}

function list(): string {
  const names = [
    ...columns(cases.map(({ id, title }) => [id, title])),
    '',
    ...columns(drivers.map(({ id, label }) => [id, label])),
  ];
  return `${names.join('\n')}\n`;
}

async function main(): Promise<void> {
  const line = parseCommandLine(process.argv.slice(2));
  if (line.help || line.list) {
    process.stdout.write(line.help ? HELP : list());
    return;
  }
  const plan = planOf(line);
  let certificates: Certificates | null = null;
  try {
    const results = await runRounds(plan, () => {
      certificates ??= makeCertificates();
      return certificates;
    });
    process.stdout.write(printTable(plan.cases, results));
    if (results.all.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
  } finally {
    if (certificates !== null) rmSync((certificates as Certificates).dir, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
