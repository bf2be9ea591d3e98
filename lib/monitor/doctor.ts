/** The use case behind `doctor`: what makes replication fail, looked for before it fails. */

import { describeRegistry } from '../alert/commands.ts';
import { count } from '../alert/words.ts';
import { partitionOf, type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import type { DoctorPorts, Ports } from '../ports.ts';
import { destinationsOf, type ReplicationRule } from '../replication/rules.ts';
import type { ReadFault } from '../replication/verdict.ts';
import type { SettingPorts } from '../sweep/setting-ports.ts';
import { type Check, failed, passed, untold } from './checkup.ts';
import { settingChecks } from './doctor-settings.ts';
import { lifecycleOf } from './lifecycle-settings.ts';
import { registryFindings } from './registry-settings.ts';

type ExaminePorts = Pick<Ports, 'readRules' | 'readRepositories' | 'readInventory' | 'readClaims'> &
  SettingPorts &
  Pick<DoctorPorts, 'readRegion'> & {
    /** Of what `readRepositories` throws. */
    readonly faultOf: (error: unknown) => ReadFault;
  };

/** ECR service quotas, "Replication". */
const limits = { rules: 10, destinations: 25, filters: 100 };

/** Lifecycle policies are read one repository and destination a call. */
const mostLifecyclePolicies = 200;

/** Each check is told as soon as it is known. */
export async function examine(
  ports: ExaminePorts,
  source: Registry,
  tell: (check: Check) => void,
): Promise<void> {
  const reading = await ports.readRules(source);
  if (reading.is === 'unreadable') return tell(untold(source, 'rules', reading.why, 'ecr:DescribeRegistry'));
  const { rules } = reading;
  for (const check of ruleChecks(source, rules)) tell(check);
  const destinations = destinationsIn(source, rules);
  const unreachable = await checkRegions(ports, source, destinations, tell);
  const repositories = await listRepositories(ports, source, tell);
  if (repositories === undefined) return;
  await checkReads(ports, source, rules, repositories, unreachable, tell);

  const reachable = destinations.filter((one) => !unreachable.has(registryKey(one)));
  const ruled = { registry: source, rules: rules.map((rule) => keep(rule, reachable)) };
  const findings = [...(await registryFindings(ports, ruled, repositories, []))];
  let left = mostLifecyclePolicies;
  let skipped = 0;
  for (const repository of repositories) {
    const expected = destinationsOf(ruled.rules, source, repository);
    if (expected.length > left) {
      skipped += expected.length;
      continue;
    }
    left -= expected.length;
    findings.push(...(await lifecycleOf(ports, source, repository, expected)));
  }
  if (skipped > 0) {
    const text = `${count(mostLifecyclePolicies - left, 'policy', 'policies')} looked at, ${skipped.toLocaleString('en-US')} not: each is a call`;
    tell(passed(source, 'lifecycle policies', text));
  }
  for (const check of settingChecks(source, reachable, findings)) tell(check);
}

function ruleChecks(source: Registry, rules: readonly ReplicationRule[]): readonly Check[] {
  const see = { say: 'See the rules:', command: describeRegistry(source) };
  if (rules.length === 0) {
    const add = { say: 'Add a rule: ECR replicates nothing by itself.', command: describeRegistry(source) };
    return [failed(source, 'rules', 'there is none: nothing is replicated', [add])];
  }
  const destinations = destinationsIn(source, rules);
  const filters = Math.max(...rules.map(({ prefixes }) => prefixes.length));
  const text = `${rules.length} of ${limits.rules} rules, ${destinations.length} of ${limits.destinations} destinations, at most ${filters} of ${limits.filters} filters a rule`;
  const full =
    rules.length >= limits.rules || destinations.length >= limits.destinations || filters >= limits.filters;
  const abroad = destinations.filter(({ region }) => partitionOf(region) !== partitionOf(source.region));
  const nowhere = rules.filter((rule) => rule.destinations.every((one) => sameRegistry(one, source)));
  return [
    passed(source, 'rules and limits', full ? `${text}: full, the next will be refused` : text),
    ...abroad.map((one) =>
      failed(source, 'partition', `${one.region} is in another partition: ECR never replicates there`, [see]),
    ),
    ...(nowhere.length === 0
      ? []
      : [
          failed(
            source,
            'destinations',
            `${count(nowhere.length, 'rule')} without a destination but the source itself`,
            [see],
          ),
        ]),
  ];
}

function destinationsIn(source: Registry, rules: readonly ReplicationRule[]): readonly Registry[] {
  const named = rules.flatMap(({ destinations }) => destinations);
  const distinct = new Map(named.map((one) => [registryKey(one), one]));
  distinct.delete(registryKey(source));
  return [...distinct.values()];
}

function keep({ prefixes, destinations }: ReplicationRule, wanted: readonly Registry[]): ReplicationRule {
  return {
    prefixes,
    destinations: destinations.filter((one) => wanted.some((other) => sameRegistry(one, other))),
  };
}

/**
 * ECR User Guide, "Private image replication": both accounts must have the Region enabled. Of the source's account the
 * caller can ask; another account's Region shows when it is read. Answers the destinations that are not worth a reading.
 */
async function checkRegions(
  ports: Pick<DoctorPorts, 'readRegion'>,
  source: Registry,
  destinations: readonly Registry[],
  tell: (check: Check) => void,
): Promise<ReadonlySet<string>> {
  const unreachable = new Set<string>();
  await Promise.all(
    destinations.map(async (destination) => {
      const { region } = destination;
      const reading = await ports.readRegion(region);
      const name = 'Region';
      if (reading.is === 'unreadable')
        return tell(untold(destination, name, reading.why, 'sts:GetCallerIdentity'));
      if (reading.value === 'enabled')
        return tell(passed(destination, name, `enabled in account ${source.account}`));
      unreachable.add(registryKey(destination));
      const command = `aws account enable-region --region-name ${region}`;
      const text = `not enabled in account ${source.account}: nothing can be replicated there`;
      tell(failed(destination, name, text, [{ say: `In account ${source.account}, enable it:`, command }]));
    }),
  );
  return unreachable;
}

async function listRepositories(
  ports: Pick<ExaminePorts, 'readRepositories' | 'faultOf'>,
  source: Registry,
  tell: (check: Check) => void,
): Promise<readonly string[] | undefined> {
  try {
    const names = await ports.readRepositories(source);
    tell(
      passed(source, 'repositories', `${count(names.length, 'repository', 'repositories')} can be listed`),
    );
    return names;
  } catch (error) {
    tell(untold(source, 'repositories', ports.faultOf(error), 'ecr:DescribeRepositories'));
    return undefined;
  }
}

/** The calls that the monitor lives by, each made once on a repository that a rule covers. */
async function checkReads(
  ports: Pick<ExaminePorts, 'readInventory' | 'readClaims'>,
  source: Registry,
  rules: readonly ReplicationRule[],
  repositories: readonly string[],
  unreachable: ReadonlySet<string>,
  tell: (check: Check) => void,
): Promise<void> {
  const sample = repositories.find((name) => destinationsOf(rules, source, name).length > 0);
  if (sample === undefined) return;
  const here = await ports.readInventory(source, sample);
  if (here.is === 'unreadable') tell(untold(source, 'images', here.why, 'ecr:DescribeImages'));
  else tell(passed(source, 'images', `can be read (tried on ${sample})`));
  const [image] = here.is === 'read' ? here.images : [];
  if (image !== undefined) {
    const claims = await ports.readClaims(source, sample, image.digest);
    const permission = 'ecr:DescribeImageReplicationStatus';
    if (claims.is === 'unreadable') tell(untold(source, 'replication status', claims.why, permission));
    else tell(passed(source, 'replication status', `can be read (tried on ${sample})`));
  }
  for (const destination of destinationsIn(source, rules)) {
    if (unreachable.has(registryKey(destination))) continue;
    const there = await ports.readInventory(destination, sample);
    // A repository that is not there yet was asked for with success.
    if (there.is === 'read' || there.why === 'repository-not-found') {
      tell(passed(destination, 'images', `can be read (tried on ${sample})`));
    } else tell(untold(destination, 'images', there.why, 'ecr:DescribeImages'));
  }
}
