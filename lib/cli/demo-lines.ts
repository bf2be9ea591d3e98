/** What the demo says while it runs: one object a line with `--json`; the `type`s are public, see `demo --help`. */

/** Of alerts. */
export type Form = 'email' | 'chat' | 'json';
export const forms: readonly Form[] = ['email', 'chat', 'json'];

export type DemoLine =
  | { readonly type: 'start'; readonly text: string }
  | {
      readonly type: 'push';
      readonly image: string;
      readonly repository: string;
      readonly sourceRegion: string;
    }
  | {
      readonly type: 'look';
      readonly image: string;
      readonly repository: string;
      readonly destinationRegion: string;
      readonly verdict: string;
      readonly decision: string;
      readonly againAfterSeconds?: number;
    }
  | {
      readonly type: 'verified';
      readonly image: string;
      readonly repository: string;
      readonly destinationRegion: string;
      readonly lagSeconds?: number;
    }
  | {
      readonly type: 'report';
      readonly image: string;
      readonly repository: string;
      readonly destinationRegion: string;
      readonly kind: string;
    }
  | { readonly type: 'withdrawn'; readonly image: string; readonly repository: string }
  | { readonly type: 'exempt'; readonly image: string; readonly repository: string; readonly why: string }
  | { readonly type: 'ignored'; readonly why: string }
  | { readonly type: 'time'; readonly text: string }
  | AlertLine
  | {
      readonly type: 'metric';
      readonly name: string;
      readonly dimensions: Readonly<Record<string, string>>;
      readonly count: number;
      readonly sum: number;
      readonly max: number;
    }
  | {
      readonly type: 'log';
      readonly level: string;
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | { readonly type: 'expected'; readonly what: string; readonly ok: boolean }
  | { readonly type: 'end'; readonly ok: boolean; readonly seconds: number; readonly text: string };

/** A notice as a subscriber of the topic got it. After the day has turned, by what it is: a reminder, an all-clear. */
export interface AlertLine {
  readonly type: 'alert' | 'reminder' | 'all-clear';
  readonly status: string;
  readonly kind: string;
  readonly repository: string;
  readonly destinationRegion: string;
  readonly images: readonly string[];
  readonly text: string;
}

export type Say = (line: DemoLine) => void;
