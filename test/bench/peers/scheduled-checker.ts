/** Peer (a): a function on a schedule that lists recent images and asks ECR about each, one after the other. */

import type { StatusApi } from './status-api.ts';

export interface Checked {
  readonly images: number;
  /** Replicas that ECR calls FAILED. */
  readonly failed: readonly { readonly digest: string; readonly region: string }[];
  /** Replicas that ECR calls anything but COMPLETE; nothing is said of an image without any status. */
  readonly pending: number;
}

/** `since`: only images pushed after it (epoch ms), as a run on a schedule looks at what is new. */
export async function checkRecentImages(api: StatusApi, repository: string, since: number): Promise<Checked> {
  const failed: { digest: string; region: string }[] = [];
  let images = 0;
  let pending = 0;
  for await (const page of api.images(repository)) {
    for (const { digest, pushedAt } of page) {
      if (pushedAt <= since) continue;
      images += 1;
      for (const { region, status } of await api.statusesOf(repository, digest)) {
        if (status === 'FAILED') failed.push({ digest, region });
        else if (status !== 'COMPLETE') pending += 1;
      }
    }
  }
  return { images, failed, pending };
}
