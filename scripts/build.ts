// Bundles each functions/<name>.ts into dist/functions/<name>.mjs: one file with all it needs, the AWS SDK included.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildFailure, build as bundle } from 'esbuild';
import { buildCli } from './build-cli.ts';
import { BuildFault, forLambda } from './lambda-bundle.ts';

export interface Bundle {
  readonly name: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

/** Bundles every function of the folder `from` into the emptied folder `to`; the same sources give the same bytes. */
export async function build(from: string, to: string): Promise<readonly Bundle[]> {
  const files = (await readdir(from)).filter((file) => file.endsWith('.ts'));
  if (files.length === 0) throw new BuildFault(`${from} holds no function`);

  const { outputFiles, metafile } = await bundle({
    entryPoints: files.map((file) => join(from, file)),
    outdir: to,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // Packages that offer both name their CommonJS first: it cannot be shaken, and makes a bundle 70 % larger.
    mainFields: ['module', 'main'],
    minify: true,
    // To read a stack trace by. The archives leave it out: Node would load it at each cold start.
    sourcemap: 'external',
    plugins: [...forLambda],
    metafile: true,
    write: false,
    logLevel: 'silent',
  }).catch(asBuildFault);

  const bundles: Bundle[] = [];
  for (const { path, contents, text } of outputFiles.filter((file) => file.path.endsWith('.mjs'))) {
    const name = basename(path, '.mjs');
    const exported = metafile.outputs[relative(process.cwd(), path)]?.exports ?? [];
    if (!exported.includes('handler')) throw new BuildFault(`${from}/${name}.ts does not export handler`);
    // What esbuild leaves where CommonJS asks for a module while it runs: an ES module has no `require`.
    if (text.includes('Dynamic require of')) {
      throw new BuildFault(`${from}/${name}.ts brings in a CommonJS package that cannot run in an ES module`);
    }
    bundles.push({ name, bytes: contents.length, gzippedBytes: gzipSync(contents).length });
  }

  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  return bundles.sort((a, b) => a.name.localeCompare(b.name));
}

function asBuildFault(cause: BuildFailure): never {
  const [first] = cause.errors ?? [];
  if (first === undefined) throw cause;
  const where = first.location === null ? '' : `${first.location.file}:${first.location.line}: `;
  throw new BuildFault(`${where}${first.text}`);
}

if (import.meta.main) {
  process.chdir(join(import.meta.dirname, '..'));
  try {
    for (const { name, bytes, gzippedBytes } of await build('functions', 'dist/functions')) {
      process.stdout.write(`${name.padEnd(24)}${inKB(bytes)}${inKB(gzippedBytes)} gzipped\n`);
    }
    const { outputs } = await buildCli('dist/cli').catch(asBuildFault);
    const sizes = Object.values(outputs).map(({ bytes }) => bytes);
    process.stdout.write(
      `${'command line'.padEnd(24)}${inKB(sizes.reduce((sum, bytes) => sum + bytes, 0))}\n`,
    );
  } catch (fault) {
    if (!(fault instanceof BuildFault)) throw fault;
    process.stderr.write(`build: ${fault.message}\n`);
    process.exitCode = 1;
  }
}

function inKB(bytes: number): string {
  return `${Math.round(bytes / 1000)} KB`.padStart(8);
}
