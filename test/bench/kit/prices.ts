/** Prices of us-east-1 in USD without tax, each with where it is from; the same as docs/cost.md has them. */

export interface Price {
  readonly usd: number;
  /** How many of what it buys. */
  readonly per: number;
  readonly of: string;
  readonly source: string;
  /** Of the source; absent where it tells none. */
  readonly date?: string;
}

const cloudWatchPlans = 'api-evangelist/cloudwatch on GitHub, plans/cloudwatch-plans-pricing.yml';

export const prices = {
  metric: {
    usd: 0.3,
    per: 1,
    of: 'custom metric a month, the first 10,000',
    source: 'signoz.io, "CloudWatch Pricing Without the Confusion"',
    date: '2026-02-15',
  },
  putMetricData: {
    usd: 0.01,
    per: 1_000,
    of: 'PutMetricData calls',
    source: cloudWatchPlans,
    date: '2026-05-05',
  },
  alarm: {
    usd: 0.1,
    per: 1,
    of: 'standard alarm a month',
    source: cloudWatchPlans,
    date: '2026-05-05',
  },
  dashboard: {
    usd: 3,
    per: 1,
    of: 'dashboard a month',
    source: 'factualminds.com, "Amazon CloudWatch Pricing: The 10 Billing Dimensions"',
    date: '2026-06-13',
  },
  logs: {
    usd: 0.5,
    per: 1_000_000,
    of: 'KB of logs',
    source: 'factualminds.com, "Amazon CloudWatch Pricing: The 10 Billing Dimensions"',
    date: '2026-06-13',
  },
  lambdaSeconds: {
    usd: 0.0000133334,
    per: 1,
    of: 'GB-second of Lambda on Arm',
    source: 'wring.co, "AWS Lambda Pricing 2026"',
    date: '2026-03-08',
  },
  lambdaRuns: {
    usd: 0.2,
    per: 1_000_000,
    of: 'Lambda runs',
    source: 'wring.co, "AWS Lambda Pricing 2026"',
    date: '2026-03-08',
  },
  queueRequests: {
    usd: 0.4,
    per: 1_000_000,
    of: 'SQS requests',
    source: 'cloudburn.io, "Amazon SQS Pricing: Complete Guide"',
    date: '2026-03-14',
  },
  tableReads: {
    usd: 0.125,
    per: 1_000_000,
    of: 'DynamoDB read units on demand',
    source: 'airbyte.com, "Amazon DynamoDB Pricing: On-Demand & Provisioned Plans"',
    date: '2025-07-21',
  },
  tableWrites: {
    usd: 0.625,
    per: 1_000_000,
    of: 'DynamoDB write units on demand',
    source: 'airbyte.com, "Amazon DynamoDB Pricing: On-Demand & Provisioned Plans"',
    date: '2025-07-21',
  },
  key: {
    usd: 1,
    per: 1,
    of: 'KMS key a month',
    source: 'wring.co, "AWS KMS Pricing: Encryption Key Costs"',
    date: '2026-03-15',
  },
  keyRequests: {
    usd: 0.03,
    per: 10_000,
    of: 'KMS requests',
    source: 'wring.co, "AWS KMS Pricing: Encryption Key Costs"',
    date: '2026-03-15',
  },
  mails: {
    usd: 2,
    per: 100_000,
    of: 'SNS e-mails',
    source: 'factualminds.com, "Amazon SNS Pricing"',
    date: '2026-06-13',
  },
  schedule: {
    usd: 1,
    per: 1_000_000,
    of: 'runs by EventBridge Scheduler',
    source: 'cloudburn.io, "Amazon EventBridge Pricing: Complete Guide"',
    date: '2026-03-13',
  },
  eventsForwarded: {
    usd: 1,
    per: 1_000_000,
    of: 'events from bus to bus, across accounts or Regions',
    source:
      'cloudburn.io, "Amazon EventBridge Pricing: Complete Guide" (accounts; Regions taken to cost the same)',
    date: '2026-03-13',
  },
} as const satisfies Readonly<Record<string, Price>>;

export type Priced = keyof typeof prices;
