// Every option at once: the template in its largest form, which no team will ask for.

/** A value for each parameter that is empty or off by default. */
export const everyOption = {
  DeadlinesByPrefix: 'prod/=10,sandbox/=ignore',
  AllowedDestinations: 'eu-central-1,444455556666/eu-central-1',
  AlertEmail: 'oncall@example.com',
  AlertUrl: 'https://example.com/alerts',
  AlertTopics: [
    'severity:critical=arn:aws:sns:eu-west-1:111122223333:pager',
    'severity:warning=arn:aws:sns:eu-west-1:111122223333:board',
    'prefix:prod/=arn:aws:sns:eu-west-1:111122223333:prod',
    'prefix:base/=arn:aws:sns:eu-west-1:444455556666:base',
    'prefix:batch/=arn:aws:sns:eu-west-1:111122223333:batch',
  ].join(','),
  SlackWebhookParameter: '/ops/slack',
  SlackWorkspaceId: 'T0123ABCD',
  SlackChannelId: 'C0123ABCD',
  TeamsTenantId: '0f5c1c1a-3f1f-4c43-9d0c-6a1b2c3d4e5f',
  TeamsTeamId: '1f5c1c1a-3f1f-4c43-9d0c-6a1b2c3d4e5f',
  TeamsChannelId: '19%3Ab6ef35dc342d56%40thread.tacv2',
  SpokeAccounts: '444455556666,777788889999',
  OrganizationId: 'o-a1b2c3d4e5',
  ReadRoleName: 'ecr-replication-monitor-read',
  ReadRoleExternalId: 'our-monitor',
  MetricsByRepository: 'prod/,base/',
  Tracing: 'on',
  VpcSubnetIds: 'subnet-0a1b2c3d,subnet-1a2b3c4d',
  VpcSecurityGroupIds: 'sg-0a1b2c3d',
  VpcEndpointsIn: 'vpc-0a1b2c3d',
  VpcRouteTableIds: 'rtb-0a1b2c3d,rtb-1a2b3c4d',
  ReplicateTo: 'eu-central-1,eu-north-1,ap-southeast-2,us-east-1,sa-east-1',
  ReplicatePrefixes: 'prod/,base/,batch/,tools/,web/',
} as const;
