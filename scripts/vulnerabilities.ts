// Known vulnerabilities of what is deployed and published: the packages that are in the bundles. A development tool's
// advisory is no fault of this project's. Exit codes: 0 none, 1 some, 75 nobody could tell.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { bundledPackages } from './build-cli.ts';

const couldNotTell = 75;

interface Advisory {
  readonly name: string;
  readonly severity: string;
}

/** What `npm audit --json` says of the packages named; undefined when it is no answer. */
export function advisoriesOn(report: string, packages: ReadonlySet<string>): readonly Advisory[] | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(report);
  } catch {
    return undefined;
  }
  if (typeof answer !== 'object' || answer === null || !('auditReportVersion' in answer)) return undefined;
  const { vulnerabilities = {} } = answer as {
    readonly vulnerabilities?: Readonly<Record<string, Advisory>>;
  };
  return Object.values(vulnerabilities).filter(({ name }) => packages.has(name));
}

function npmAudit(): Promise<string> {
  const words = ['audit', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];
  const options = { cwd: join(import.meta.dirname, '..'), maxBuffer: 2 ** 26 };
  // With findings it ends with 1; what counts is what it wrote.
  return new Promise((resolve) => void execFile('npm', words, options, (_, stdout) => resolve(stdout)));
}

if (import.meta.main) {
  const [report, packages] = await Promise.all([npmAudit(), bundledPackages()]);
  const names = new Set([...packages].map((folder) => folder.replace(/^.*node_modules\//, '')));
  const advisories = advisoriesOn(report, names);
  for (const { name, severity } of advisories ?? []) process.stdout.write(`${name}: ${severity}\n`);
  process.exitCode = advisories === undefined ? couldNotTell : advisories.length === 0 ? 0 : 1;
}
