/** An image as people and pipelines name it: `repository:tag`, `repository@digest`, both, or a full image URI. */

import { fault, type Parsed, parsed, quoted } from '../parsed.ts';
import { type Digest, parseDigest } from './digest.ts';
import { isRepositoryName, isTag } from './reference.ts';
import { accountPattern, type Partition, partitionOf, type Registry, regionPattern } from './registry.ts';

/** At least one of tag and digest is there. `registry`: said by a URI. */
export interface ImageReference {
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
  readonly registry?: Registry;
}

const examples = 'write repository:tag, repository@sha256:…, or a full image URI';

export function parseImageReference(text: string): Parsed<ImageReference> {
  const [name = '', digestText, ...rest] = text.split('@');
  if (rest.length > 0) return fault(`${quoted(text)} has more than one @; ${examples}`);
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  if (digest?.ok === false) return digest;
  const split = splitHost(name);
  if (!split.ok) return split;
  const { registry, path } = split.value;
  const colon = path.lastIndexOf(':');
  const repository = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  if (!isRepositoryName(repository)) {
    return fault(
      repository === ''
        ? `${quoted(text)} names no repository; ${examples}`
        : `${quoted(repository)} is not the name of a repository`,
    );
  }
  if (tag !== undefined && !isTag(tag)) return fault(`${quoted(tag)} is not a tag`);
  if (tag === undefined && digest === undefined) {
    return fault(`${quoted(text)} names a repository, not an image; add :tag or @digest`);
  }
  return parsed({
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: digest.value }),
    ...(registry === undefined ? {} : { registry }),
  });
}

interface Split {
  readonly registry?: Registry;
  readonly path: string;
}

// An ECR repository may have dots in its first part (`my.team/api`), so that a dot alone makes no host.
const otherHost =
  /^(?:[a-z]+:\/\/|localhost\/|[^/]+:\d+\/|(?:public\.ecr\.aws|(?:[^/]+\.)?(?:docker\.io|ghcr\.io|gcr\.io|quay\.io))\/)/;
const looksLikeEcr = /^[^/]*\.dkr[.-]ecr/;

function splitHost(name: string): Parsed<Split> {
  if (looksLikeEcr.test(name)) {
    const slash = name.indexOf('/');
    const registry = parseHost(slash < 0 ? name : name.slice(0, slash));
    if (!registry.ok) return registry;
    return parsed({ registry: registry.value, path: slash < 0 ? '' : name.slice(slash + 1) });
  }
  const [host] = otherHost.exec(name) ?? [];
  if (host === undefined) return parsed({ path: name });
  return fault(
    host.endsWith('://')
      ? `${quoted(name)}: leave out ${host}`
      : `${quoted(name)} is not in a private ECR registry (ACCOUNT.dkr.ecr.REGION.amazonaws.com)`,
  );
}

// ECR User Guide, "Amazon ECR endpoints": `dkr.ecr`, and `dkr-ecr` for both IPv4 and IPv6; each with a FIPS form.
const hostPattern = /^([^.]*)\.dkr(?:\.ecr|-ecr)(?:-fips)?\.([a-z0-9-]+)\.(.+)$/;

// AWS General Reference; the endpoint rules in the SDK: each partition has domains of its own.
const domains: { readonly [P in Partition]: readonly string[] } = {
  aws: ['amazonaws.com', 'on.aws'],
  'aws-cn': ['amazonaws.com.cn', 'on.amazonwebservices.com.cn'],
  'aws-us-gov': ['amazonaws.com', 'on.aws'],
  'aws-iso': ['c2s.ic.gov'],
  'aws-iso-b': ['sc2s.sgov.gov'],
  'aws-iso-e': ['cloud.adc-e.uk'],
  'aws-iso-f': ['csp.hci.ic.gov'],
  'aws-eusc': ['amazonaws.eu', 'on.amazonwebservices.eu'],
};

function parseHost(host: string): Parsed<Registry> {
  const [, account = '', region = '', domain = ''] = hostPattern.exec(host) ?? [];
  const should = 'an ECR registry is ACCOUNT.dkr.ecr.REGION.amazonaws.com';
  if (region === '') return fault(`${quoted(host)}: ${should}`);
  if (!accountPattern.test(account))
    return fault(`${quoted(account)} in ${quoted(host)} is not an account of 12 digits`);
  if (!regionPattern.test(region)) return fault(`${quoted(region)} in ${quoted(host)} is not a Region`);
  if (!domains[partitionOf(region)].includes(domain)) {
    return fault(`${quoted(host)}: registries in ${region} are not in ${domain}`);
  }
  return parsed({ account, region });
}

/** `repository:tag@digest`, without what is not known: how a reference is said back to people. */
export function referenceName({ repository, tag, digest }: Omit<ImageReference, 'registry'>): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}
