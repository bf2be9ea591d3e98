// `npm run sbom`: what a release is made of, as CycloneDX, written to dist/sbom.cdx.json. The list is npm's own.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundledPackages } from './build-cli.ts';

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

/** Of the packages that are in the bundles, which are all that is deployed and published; by the lock file alone. */
export async function createSbom(): Promise<Sbom> {
  const released = await releasedVersions();
  const folder = await mkdtemp(join(tmpdir(), 'sbom-'));
  try {
    // npm names the SBOM after the folder.
    const project = join(folder, 'ecr-replication-monitor');
    await mkdir(project);
    for (const file of ['package.json', 'package-lock.json'])
      await copyFile(join(root, file), join(project, file));
    const npm = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
    const { stdout } = await promisify(execFile)('npm', npm, { cwd: project, maxBuffer: 2 ** 26 });
    return onlyOf(JSON.parse(stdout) as Sbom, released);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `name@version` of each, which is npm's own reference to it. */
async function releasedVersions(): Promise<ReadonlySet<string>> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string }>>;
  };
  const folders = [...(await bundledPackages())];
  return new Set(
    folders.map((folder) => `${folder.replace(/^.*node_modules\//, '')}@${packages[folder]?.version}`),
  );
}

function onlyOf(sbom: Sbom, released: ReadonlySet<string>): Sbom {
  const components = sbom.components.filter(({ name, version }) => released.has(`${name}@${version}`));
  const refs = new Set([sbom.metadata.component, ...components].map((component) => component['bom-ref']));
  return {
    ...sbom,
    components: components.map(withoutMirror),
    dependencies: sbom.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) })),
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
