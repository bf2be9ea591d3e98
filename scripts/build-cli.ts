// Bundles the command line into dist/cli: an entry that starts at once, and a chunk for whatever a command needs then.
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, build as bundle, type Metafile, type Plugin } from 'esbuild';

/**
 * The demo's DynamoDB. It names its operations without `.js` when it loads them, which no bundler can follow, and
 * brings a native store for disks, which the demo never opens: its tables are in memory.
 */
const dynaliteInMemory: Plugin = {
  name: 'dynalite-in-memory',
  setup(build) {
    build.onResolve({ filter: /^level$/ }, () => ({ path: 'level', namespace: 'no-level' }));
    build.onLoad({ filter: /.*/, namespace: 'no-level' }, () => ({ contents: 'module.exports = {};' }));
    build.onLoad({ filter: /dynalite\/index\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(
        /require\(('\.\/(?:actions|validations)\/' \+ action)\)/g,
        "require($1 + '.js')",
      ),
    }));
  },
};

/** The folders of all packages that are in a bundle of ours, as the lock file has them: what is deployed and published. */
export async function bundledPackages(): Promise<ReadonlySet<string>> {
  const root = join(import.meta.dirname, '..');
  const functions = (await readdir(join(root, 'functions'))).map((file) => `functions/${file}`);
  const { metafile } = await bundle({
    ...options(root),
    entryPoints: ['lib/cli/main.ts', ...functions],
    outdir: 'nowhere',
  });
  return new Set(packageFoldersOf(metafile));
}

/** Answers what went into it. The credential chain is the SDK's own, whole: profiles, SSO, processes, containers. */
export async function buildCli(to: string): Promise<Metafile> {
  const root = join(import.meta.dirname, '..');
  const { outputFiles, metafile } = await bundle({
    ...options(root),
    entryPoints: ['lib/cli/main.ts'],
    outdir: to,
  });
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  await chmod(join(to, 'main.mjs'), 0o755);
  await writeFile(join(to, 'THIRD-PARTY-LICENSES.txt'), await licensesOf(root, metafile));
  return metafile;
}

/** Most licenses of what is in the bundles ask that they travel with it. */
async function licensesOf(root: string, metafile: Metafile): Promise<string> {
  const texts: string[] = [];
  for (const folder of packageFoldersOf(metafile)) {
    const about: unknown = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    const { name, version, license } = about as { name: string; version: string; license?: string };
    const file = (await readdir(join(root, folder))).find((one) => /^licen[cs]e(\.\w+)?$/i.test(one));
    const text = file === undefined ? '' : await readFile(join(root, folder, file), 'utf8');
    texts.push(`${name} ${version} (${license ?? 'see its text'})\n\n${text.trim()}\n`);
  }
  return texts.join(`\n${'-'.repeat(78)}\n\n`);
}

function packageFoldersOf({ inputs }: Metafile): readonly string[] {
  const folders = Object.keys(inputs).map(
    (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0],
  );
  return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

function options(root: string) {
  return {
    absWorkingDir: root,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    // An ES module has no `require`; CommonJS packages ask by it for what Node has built in.
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
    plugins: [dynaliteInMemory],
    metafile: true,
    write: false,
    logLevel: 'silent',
  } as const satisfies BuildOptions;
}
