/** The list of what a release is made of: sound, whole, and under licences that a release may have. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { build } from '../scripts/build.ts';
import { createSbom, licenceOf, type Sbom } from '../scripts/sbom.ts';
import { oncePerRun } from './run-folder.ts';

const root = join(import.meta.dirname, '..');

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly dev?: boolean; readonly integrity?: string }>
  >;
}

let sbom: Sbom;
let lock: Lock;

beforeAll(async () => {
  sbom = await createSbom();
  lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
}, 60_000);

describe('the SBOM', () => {
  it('is CycloneDX of this project, with every reference to something in it', () => {
    expect(sbom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
    expect(sbom.serialNumber).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(sbom.metadata.component.name).toBe('ecr-replication-monitor');
    const refs = [sbom.metadata.component, ...sbom.components].map((component) => component['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    for (const { ref, dependsOn } of sbom.dependencies) {
      for (const one of [ref, ...dependsOn]) expect(refs).toContain(one);
    }
    for (const { purl, name, version } of sbom.components) {
      expect(purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${version}`);
    }
  });

  it('names nothing but packages of the lock file', () => {
    const locked = new Set(
      Object.entries(lock.packages).map(
        ([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`,
      ),
    );
    expect(sbom.components.length).toBeGreaterThan(10);
    for (const { name, version } of sbom.components) expect(locked).toContain(`${name}@${version}`);
  });

  it('names every package that is bundled into a function', async () => {
    const folder = await oncePerRun(
      'sbom-functions',
      async (to) => void (await build(join(root, 'functions'), to)),
    );
    const names = new Set(sbom.components.map(({ name }) => name));
    const bundled = new Set<string>();
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.map'))) {
      const { sources } = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
        readonly sources: readonly string[];
      };
      for (const source of sources) {
        const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source) ?? [];
        if (name !== undefined) bundled.add(name);
      }
    }
    expect(bundled).toContain('@aws-sdk/client-ecr');
    expect([...bundled].filter((name) => !names.has(name))).toEqual([]);
  });

  it('says nothing of where a package was downloaded from', () => {
    expect(
      sbom.components.flatMap(({ externalReferences = [] }) => externalReferences.map(({ type }) => type)),
    ).not.toContain('distribution');
  });
});

describe('a dependency', () => {
  it('of a release is under a licence that lets everybody use it', () => {
    const licences = new Set(sbom.components.map(licenceOf));
    expect([...licences].sort()).toEqual(['Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT']);
  });

  it('is pinned by its checksum, in development as well', () => {
    const loose = Object.entries(lock.packages).filter(
      ([path, { integrity }]) => path !== '' && integrity === undefined,
    );
    expect(loose.map(([path]) => path)).toEqual([]);
  });
});
