// Bundles the command line into dist/cli: an entry that starts at once, and a chunk for whatever a command needs then.
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle, type Metafile, type Plugin } from 'esbuild';

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

/** Answers what went into it. The credential chain is the SDK's own, whole: profiles, SSO, processes, containers. */
export async function buildCli(to: string): Promise<Metafile> {
  const root = join(import.meta.dirname, '..');
  const { outputFiles, metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: ['lib/cli/main.ts'],
    outdir: to,
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
  });
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  await chmod(join(to, 'main.mjs'), 0o755);
  return metafile;
}
