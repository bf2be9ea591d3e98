/**
 * What a function's bundle leaves out of the SDK and of Node, since nothing that runs on Lambda here needs it and each
 * cold start would pay for it: docs/decisions/0041-cold-start.md. The command line has the SDK whole.
 */

import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import type { Plugin } from 'esbuild';

/** A fault of the sources, told in one line; anything else that is thrown is a fault of the build itself. */
export class BuildFault extends Error {}

/**
 * Lambda gives a function its credentials in environment variables ("Defined runtime environment variables"), where
 * the SDK's default chain looks first. Without the rest of that chain (profiles, SSO, processes, containers, instances)
 * a bundle is a quarter smaller and starts a fifth sooner.
 */
const credentialsFromEnvironment = insteadOf(
  'credentials-from-environment',
  /^@aws-sdk\/credential-provider-node$/,
  `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
);

/**
 * No call that is made here streams events. Every client brings the code for it all the same, behind an import that
 * would be made late; in one file that costs more than it spares.
 */
const withoutEventStreams = insteadOf(
  'without-event-streams',
  /^@smithy\/core\/event-streams$/,
  `export class EventStreamSerde {
    constructor() {
      throw new Error('this bundle has been built without event streams');
    }
  }
  export const eventStreamSerdeProvider = undefined;`,
);

/** DynamoDB's client can ask DynamoDB where to find it. Here it never does, whatever AWS_ENABLE_ENDPOINT_DISCOVERY says. */
const withoutEndpointDiscovery = insteadOf(
  'without-endpoint-discovery',
  /^@aws-sdk\/middleware-endpoint-discovery$/,
  `export const resolveEndpointDiscoveryConfig = (input) => input;
  export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
    environmentVariableSelector: () => undefined,
    configFileSelector: () => undefined,
    default: undefined,
  };`,
);

/** Nor has a function files of AWS's command line, which each client would look for. */
const withoutConfigFiles = asIfIn(
  'without-config-files',
  /[\\/]shared-ini-file-loader[\\/]loadSharedConfigFiles\.js$/,
  () => `
    export const CONFIG_PREFIX_SEPARATOR = '.';
    export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
);

/**
 * A body here is text or bytes. To tell that it is no file, all of Node's streams of files would be loaded. Of what it cannot
 * measure the SDK sends no length, as before.
 */
const withoutFilesSent = asIfIn(
  'without-files-sent',
  /[\\/]util-body-length[\\/]calculateBodyLength\.js$/,
  () => `
    export const calculateBodyLength = (body) => {
      if (!body) return 0;
      if (typeof body === 'string') return Buffer.byteLength(body);
      if (typeof body.byteLength === 'number') return body.byteLength;
      throw new Error('this bundle has been built to send text and bytes, no files');
    };`,
);

/** Hashes by hand, for where Node has none. */
const withoutHashesByHand = asIfIn(
  'without-hashes-by-hand',
  /[\\/]checksum[\\/]sha256[\\/]Sha256Js\.js$/,
  () => `
    export class Sha256Js {
      constructor() {
        throw new Error('this bundle has been built for a Node that has SHA-256');
      }
    }`,
);

/** Of its package.json a client needs its version, for the name by which it calls. */
const versionsOnly = asIfIn(
  'versions-only',
  /[\\/]client-[a-z0-9-]+[\\/]package\.json$/,
  (source) => `export default { version: ${JSON.stringify(JSON.parse(source).version)} };`,
);

/** Each client has a class of a dozen lines for each of its errors, 30 KB a bundle; what they differ in fits into one. */
const shortErrors = asIfIn(
  'short-errors',
  /[\\/]client-[a-z0-9-]+[\\/]dist-es[\\/]models[\\/]errors\.js$/,
  shortened,
);

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

/**
 * Of Node's own modules only what is named is taken, and a function when it is called: an import would make ready all
 * that a module exports, and load it. What is imported late anyway is taken whole.
 */
const builtinsByName: Plugin = {
  name: 'builtins-by-name',
  setup(build) {
    build.onResolve({ filter: /^[a-z:_/0-9]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined;
      const namespace = kind === 'import-statement' ? 'builtins-by-name' : 'builtins-whole';
      return { path: path.replace(/^node:/, ''), namespace };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtins-whole' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}');`,
    }));
    build.onLoad({ filter: /.*/, namespace: 'builtins-by-name' }, ({ path }) => ({
      contents: namesOf(path),
    }));
  },
};

const plainKeys: ReadonlySet<string | symbol> = new Set(['length', 'name', 'prototype']);

function namesOf(builtin: string): string {
  const whole: object = process.getBuiltinModule(builtin) ?? {};
  const named = Object.entries(Object.getOwnPropertyDescriptors(whole)).flatMap(([name, { value }]) => {
    if (!/^\w+$/.test(name) || name === 'default') return [];
    // Node's functions start small, its classes do not. One with properties, such as how to promisify it, is taken as it is.
    const isPlain = typeof value === 'function' && Reflect.ownKeys(value).every((key) => plainKeys.has(key));
    const isCalled = isPlain && /^[a-z]/.test(name);
    const taken = isCalled
      ? `(...all) => whole().${name}(...all)`
      : `/* @__PURE__ */ (() => whole().${name})()`;
    return [`const own_${name} = ${taken};`, `export { own_${name} as ${name} };`];
  });
  return [
    `const whole = () => process.getBuiltinModule('node:${builtin}');`,
    'export default /* @__PURE__ */ whole();',
    ...named,
  ].join('\n');
}

export const forLambda: readonly Plugin[] = [
  credentialsFromEnvironment,
  withoutConfigFiles,
  withoutEventStreams,
  withoutEndpointDiscovery,
  withoutFilesSent,
  withoutHashesByHand,
  versionsOnly,
  shortErrors,
  builtinsByName,
];

/** A package is replaced; what stands in for it imports from where the package would have been imported. */
function insteadOf(name: string, filter: RegExp, contents: string): Plugin {
  return {
    name,
    setup(build) {
      build.onResolve({ filter }, ({ resolveDir }) => ({
        path: name,
        namespace: name,
        pluginData: resolveDir,
      }));
      build.onLoad({ filter: /.*/, namespace: name }, ({ pluginData }) => ({
        contents,
        resolveDir: pluginData,
      }));
    },
  };
}

/** A file is read as if something else stood in it, made from what does. */
function asIfIn(name: string, filter: RegExp, contents: (source: string, path: string) => string): Plugin {
  return {
    name,
    setup(build) {
      build.onLoad({ filter }, async ({ path }) => ({
        contents: contents(await readFile(path, 'utf8'), path),
        loader: 'js',
      }));
    },
  };
}
