// Bundles each functions/<name>.ts into dist/functions/<name>.mjs: one file with all it needs, the AWS SDK included.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { basename, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildFailure, build as bundle, type Plugin } from 'esbuild';
import { buildCli } from './build-cli.ts';

export interface Bundle {
  readonly name: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

/** A fault of the sources, told in one line; anything else that is thrown is a fault of this script. */
export class BuildFault extends Error {}

/**
 * Lambda gives a function its credentials in environment variables ("Defined runtime environment variables"), where
 * the SDK's default chain looks first. Without the rest of that chain (profiles, SSO, processes, containers, instances)
 * a bundle is a quarter smaller and starts a fifth sooner.
 */
const credentialsFromEnvironment: Plugin = {
  name: 'credentials-from-environment',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: 'credentials-from-environment',
      namespace: 'credentials-from-environment',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'credentials-from-environment' }, ({ pluginData }) => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
      resolveDir: pluginData,
    }));
  },
};

/** Nor has a function files of AWS's command line, which each client would look for: docs/decisions/0041-cold-start.md. */
const withoutConfigFiles: Plugin = {
  name: 'without-config-files',
  setup(build) {
    build.onLoad({ filter: /[\\/]shared-ini-file-loader[\\/]loadSharedConfigFiles\.js$/ }, () => ({
      contents: `
        export const CONFIG_PREFIX_SEPARATOR = '.';
        export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
    }));
  },
};

/**
 * No call that is made here streams events. Every client brings the code for it all the same, behind an import that
 * would be made late; in one file that costs more than it spares: docs/decisions/0041-cold-start.md.
 */
const withoutEventStreams: Plugin = {
  name: 'without-event-streams',
  setup(build) {
    build.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, () => ({
      path: 'without-event-streams',
      namespace: 'without-event-streams',
    }));
    build.onLoad({ filter: /.*/, namespace: 'without-event-streams' }, () => ({
      contents: `
        export class EventStreamSerde {
          constructor() {
            throw new Error('this bundle has been built without event streams');
          }
        }
        export const eventStreamSerdeProvider = undefined;`,
    }));
  },
};

/** Each client has a class of a dozen lines for each of its errors, 30 KB a bundle; what they differ in fits into one. */
const shortErrors: Plugin = {
  name: 'short-errors',
  setup(build) {
    build.onLoad(
      { filter: /[\\/]client-[a-z-]+[\\/]dist-es[\\/]models[\\/]errors\.js$/ },
      async ({ path }) => ({
        contents: shortened(await readFile(path, 'utf8'), path),
      }),
    );
  },
};

function shortened(source: string, path: string): string {
  const found = /export class (\w+) extends __BaseException \{\n([\s\S]*?)\n\}\n/g;
  let classes = 0;
  const short = source.replace(found, (_, name: string, body: string) => {
    classes += 1;
    const [, wireName] = /^ {4}name = ("\w+");$/m.exec(body) ?? [];
    const [, fault] = /^ {4}\$fault = ("client"|"server");$/m.exec(body) ?? [];
    const [, retryable] = /^ {4}\$retryable = (\{[^;]*\});$/m.exec(body) ?? [];
    if (wireName === undefined || fault === undefined)
      throw new BuildFault(`${path}: ${name} is not understood`);
    const more = retryable === undefined ? '' : `, { $retryable: ${retryable} }`;
    return `export const ${name} = errorOf(${wireName}, ${fault}${more});\n`;
  });
  if (classes !== source.split('export class ').length - 1) throw new BuildFault(`${path} is not understood`);
  return `${short}
    function errorOf(name, $fault, more) {
      return class extends __BaseException {
        constructor(options) {
          super({ name, $fault, ...options });
          Object.assign(this, { name, $fault }, more);
          Object.setPrototypeOf(this, new.target.prototype);
        }
      };
    }`;
}

/** Node's own modules are taken when they are used: an import would make ready all that they export. */
const builtinsWhenUsed: Plugin = {
  name: 'builtins-when-used',
  setup(build) {
    build.onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path }) =>
      isBuiltin(path) ? { path: path.replace(/^node:/, ''), namespace: 'builtins-when-used' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'builtins-when-used' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
    }));
  },
};

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
    plugins: [
      credentialsFromEnvironment,
      withoutConfigFiles,
      withoutEventStreams,
      shortErrors,
      builtinsWhenUsed,
    ],
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
