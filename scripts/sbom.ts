// `npm run sbom`: what a release is made of, as CycloneDX, written to dist/sbom.cdx.json. The list is npm's own.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundledFolders } from './build-cli.ts';

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
 * Of a copy of the lock file that knows only the packages that are in the bundles: nothing else is deployed or
 * published, and npm's own idea of production says nothing of a package that everything is bundled into.
 */
export async function createSbom(): Promise<Sbom> {
  const folder = await mkdtemp(join(tmpdir(), 'sbom-'));
  try {
    // npm names the SBOM after the folder.
    const project = join(folder, 'ecr-replication-monitor');
    await mkdir(project);
    const bundled = new Set(await bundledFolders());
    const [manifest, lock] = await Promise.all(
      ['package.json', 'package-lock.json'].map(async (file): Promise<Manifest> => {
        return JSON.parse(await readFile(join(root, file), 'utf8')) as Manifest;
      }),
    );
    await writeFile(join(project, 'package.json'), JSON.stringify(released('', manifest ?? {}, bundled)));
    await writeFile(join(project, 'package-lock.json'), JSON.stringify(releasedLock(lock ?? {}, bundled)));
    const npm = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
    const { stdout } = await promisify(execFile)('npm', npm, { cwd: project, maxBuffer: 2 ** 26 });
    const sbom = JSON.parse(stdout) as Sbom;
    return { ...sbom, components: sbom.components.map(withoutMirror) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Names = Readonly<Record<string, string>>;

interface Manifest {
  readonly dependencies?: Names;
  readonly devDependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly peerDependencies?: Names;
  readonly packages?: Readonly<Record<string, Manifest>>;
}

function releasedLock({ packages = {}, ...rest }: Manifest, bundled: ReadonlySet<string>): object {
  const kept = Object.entries(packages).filter(([path]) => path === '' || bundled.has(path));
  return {
    ...rest,
    packages: Object.fromEntries(kept.map(([path, one]) => [path, released(path, one, bundled)])),
  };
}

/** A package, or the project itself, with only those of its dependencies that are in the bundles. */
function released(path: string, manifest: Manifest, bundled: ReadonlySet<string>): object {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies: _, ...rest } = manifest;
  const wanted = { ...dependencies, ...optionalDependencies, ...(path === '' ? devDependencies : {}) };
  const kept = Object.entries(wanted).filter(([name]) => isFound(path, name, bundled));
  const {
    dev: ___,
    peerDependenciesMeta: ____,
    ...own
  } = rest as Manifest & Readonly<Record<string, unknown>>;
  return { ...own, dependencies: Object.fromEntries(kept) };
}

/** As Node looks for it: in the package's own folder, then in each above. */
function isFound(path: string, name: string, bundled: ReadonlySet<string>): boolean {
  const own = `${path === '' ? '' : `${path}/`}node_modules/${name}`;
  if (bundled.has(own)) return true;
  if (path === '') return false;
  return isFound(path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name, bundled);
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
