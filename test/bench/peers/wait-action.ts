/** Peer (b): the step of a pipeline that waits for one image, asking for its status every three seconds. */

import type { StatusApi } from './status-api.ts';

const pollSeconds = 3;

export interface Waited {
  readonly is: 'complete' | 'failed' | 'timed-out';
  readonly polls: number;
}

/** `pause` waits that many seconds by whatever clock there is. */
export async function waitForImage(
  api: StatusApi,
  image: { readonly repository: string; readonly digest: string },
  mostSeconds: number,
  pause: (seconds: number) => Promise<void>,
): Promise<Waited> {
  let polls = 0;
  for (let waited = 0; waited <= mostSeconds; waited += pollSeconds) {
    polls += 1;
    const statuses = await api.statusesOf(image.repository, image.digest);
    if (statuses.some(({ status }) => status === 'FAILED')) return { is: 'failed', polls };
    if (statuses.length > 0 && statuses.every(({ status }) => status === 'COMPLETE'))
      return { is: 'complete', polls };
    await pause(pollSeconds);
  }
  return { is: 'timed-out', polls };
}
