// `npm run sbom`: what a release is made of, as CycloneDX, written to dist/sbom.cdx.json. The list is npm's own.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');

interface Reference {
  readonly type: string;
  readonly url: string;
}

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string };
    readonly expression?: string;
  }[];
  readonly externalReferences?: readonly Reference[];
}

export interface Sbom {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/**
 * Of a copy of the lock file that knows of no development: with `--omit=dev` npm 11 leaves out what development needs,
 * too, which is most of what a release is made of.
 */
export async function createSbom(): Promise<Sbom> {
  const folder = await mkdtemp(join(tmpdir(), 'sbom-'));
  try {
    // npm names the SBOM after the folder.
    const project = join(folder, 'ecr-replication-monitor');
    await mkdir(project);
    for (const file of ['package.json', 'package-lock.json']) {
      const text = await readFile(join(root, file), 'utf8');
      await writeFile(join(project, file), JSON.stringify(withoutDevelopment(JSON.parse(text))));
    }
    const npm = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
    const { stdout } = await promisify(execFile)('npm', npm, { cwd: project, maxBuffer: 2 ** 26 });
    const sbom = JSON.parse(stdout) as Sbom;
    return { ...sbom, components: sbom.components.map(withoutMirror) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Manifest {
  readonly devDependencies?: unknown;
  readonly dev?: boolean;
  readonly packages?: Readonly<Record<string, Manifest>>;
}

function withoutDevelopment({ devDependencies: _, packages, ...rest }: Manifest): Manifest {
  if (packages === undefined) return rest;
  const kept = Object.entries(packages).filter(([, { dev }]) => dev !== true);
  return {
    ...rest,
    packages: Object.fromEntries(kept.map(([path, one]) => [path, withoutDevelopment(one)])),
  };
}

/** Where a package was downloaded from here is nobody's business elsewhere: its name and checksum say what it is. */
function withoutMirror(component: Component): Component {
  const { externalReferences = [] } = component;
  return {
    ...component,
    externalReferences: externalReferences.filter(({ type }) => type !== 'distribution'),
  };
}

export function licenceOf({ licenses = [] }: Component): string {
  return (
    licenses
      .map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? '?')
      .join(' AND ') || 'none'
  );
}

if (import.meta.main) {
  const sbom = await createSbom();
  await mkdir(join(root, 'dist'), { recursive: true });
  await writeFile(join(root, 'dist/sbom.cdx.json'), `${JSON.stringify(sbom, undefined, 2)}\n`);
  const licences = new Map<string, number>();
  for (const component of sbom.components) {
    licences.set(licenceOf(component), (licences.get(licenceOf(component)) ?? 0) + 1);
  }
  process.stdout.write(`dist/sbom.cdx.json: ${sbom.components.length} packages\n`);
  for (const [licence, count] of [...licences].sort(([, a], [, b]) => b - a)) {
    process.stdout.write(`${String(count).padStart(5)}  ${licence}\n`);
  }
}
