// The dashboard, made for one question: can I fail over now? Every metric of a destination is found by a search, so that
// a new destination appears by itself. It is JSON inside a string, with few shapes often repeated: hence this file.
//
// Names in its texts are filled in by the framework, by CloudFormation, or by CloudWatch when it is looked at ("Use dynamic
// labels"). "Dashboard body structure and syntax" tells the rest.
'use strict';

const filled = (text) => `\${${text}}`;
const ofSeries = (dimension) => filled(`!PROP('Dim.${dimension}')`);
const region = filled('AWS::Region');

const monitor = 'ECR/ReplicationMonitor';
const name = `${filled('self:service')}-${filled('sls:stage')}`;

const byDestination = {
  dimensions: ['DestinationRegion'],
  label: ofSeries('DestinationRegion'),
};
const byRoute = {
  dimensions: ['SourceRegion', 'DestinationRegion'],
  label: `${ofSeries('DestinationRegion')} from ${ofSeries('SourceRegion')}`,
};
const byReason = {
  dimensions: [...byRoute.dimensions, 'Reason'],
  label: `${byRoute.label}, ${ofSeries('Reason')}`,
};
const byRegion = { dimensions: ['Region'], label: ofSeries('Region') };
const bySource = { dimensions: ['SourceRegion'], label: ofSeries('SourceRegion') };

/** All series of a metric of the monitor, by their dimensions; each named after its values and `what`. */
function search(metric, { dimensions, label }, stat, period, what) {
  const schema = [monitor, ...dimensions].join(',');
  return [
    {
      expression: `SEARCH('{${schema}} MetricName="${metric}"', '${stat}', ${period})`,
      label: what === undefined ? label : `${label}, ${what}`,
    },
  ];
}

/** One series, by the value of its one dimension, or of the monitor's own by none. */
function series(namespace, metric, dimension, label, stat, period = 60) {
  return [namespace, metric, ...Object.entries(dimension).flat(), { label, stat, period }];
}

const lag = (percentile, what) => search('ReplicationLag', byRoute, percentile, 300, what);
const own = (metric, label) => series(monitor, metric, {}, label, 'Sum');
const queue = (metric, id, label) =>
  series('AWS/SQS', metric, { QueueName: filled(`${id}.QueueName`) }, label, 'Maximum');
const lambda = (metric, id, label, stat) =>
  series('AWS/Lambda', metric, { FunctionName: filled(id) }, label, stat);

/** The parameter is in minutes and lag in seconds. CloudFormation cannot multiply, CloudWatch can. */
const deadline = [
  { expression: `TIME_SERIES(${filled('DeadlineMinutes')} * 60)`, label: 'deadline', color: '#d62728' },
];

/** One line a series, the whole of `start` in one number; red from `red` on. */
function table(title, start, summary, metrics, red) {
  return {
    type: 'metric',
    properties: {
      title,
      view: 'table',
      region,
      start,
      end: 'P0D',
      table: { summaryColumns: [summary], showTimeSeriesData: false },
      ...(red === undefined
        ? {}
        : { annotations: { horizontal: [{ label: title, value: red, fill: 'above' }] } }),
      metrics,
    },
  };
}

function graph(title, label, metrics) {
  return {
    type: 'metric',
    properties: {
      title,
      view: 'timeSeries',
      region,
      yAxis: { left: { label, showUnits: false, min: 0 } },
      metrics,
    },
  };
}

const howToRead = `# Can I fail over now?

**Yes, to a Region whose lines below are fine**, as long as *silent* is not in alarm. Each line is one destination; read across.

| look at | it means |
|---|---|
| **open incidents** above 0 | images are missing there now, or nobody can tell. The notices name them. |
| **lag p99** above the line *deadline* (${filled('DeadlineMinutes')} min) | what was pushed in the last hour may not be there. |
| **failed**, **overdue** above 0 | it happened today. With no incident open, it is over. |
| **coverage** below 100 | the last sweep did not find everything there: so much of what should be there is. |

No line: never a destination, or nothing published in two weeks. No line in *failed* and *overdue*: none. Prefixes with a deadline of their own are held to it by their incidents, not by the line here.`;

const alarms = {
  type: 'alarm',
  properties: {
    title: 'Alarms',
    alarms: [
      ...['open-incidents', 'lag-above-deadline', 'silent', 'pushes-wait', 'reports-wait', 'pushes-given-up'],
      ...['reports-given-up', 'changes-given-up', 'alerts-undelivered', 'image-action-errors'],
      ...['replication-action-errors', 'follow-up-errors', 'config-watch-errors', 'throttled'],
      ...['sweep-too-old', 'coverage-fallen', 'sweep-incomplete', 'sweep-waits', 'repositories-given-up'],
      ...['sweep-errors', 'sweep-repository-errors'],
      ...['backfill-errors', 'settings-errors'],
    ].map(
      (alarm) =>
        `arn:${filled('AWS::Partition')}:cloudwatch:${region}:${filled('AWS::AccountId')}:alarm:${name}-${alarm}`,
    ),
  },
};

const functions = [
  ['ImageDashactionLambdaFunction', 'image-action'],
  ['ReplicationDashactionLambdaFunction', 'replication-action'],
  ['FollowDashupLambdaFunction', 'follow-up'],
  ['ConfigDashwatchLambdaFunction', 'config-watch'],
  ['SweepLambdaFunction', 'sweep'],
  ['SweepDashrepositoryLambdaFunction', 'sweep-repository'],
  ['BackfillLambdaFunction', 'backfill'],
  ['SettingsLambdaFunction', 'settings'],
];

/** From top to bottom: the height of a row, and its widgets with their widths, 24 in all. */
const rows = [
  [
    8,
    [
      [14, { type: 'text', properties: { markdown: howToRead } }],
      [10, alarms],
    ],
  ],
  [
    6,
    [
      [
        4,
        table(
          'Open incidents, now',
          '-PT10M',
          'MAX',
          [search('OpenIncidents', byDestination, 'Maximum', 60)],
          1,
        ),
      ],
      [5, table('Lag p50, seconds, 3 h', '-PT3H', 'MAX', [lag('p50'), deadline])],
      [5, table('Lag p99, seconds, 3 h', '-PT3H', 'MAX', [lag('p99'), deadline])],
      [5, table('Failed, 24 h', '-PT24H', 'SUM', [search('ReplicasFailed', byRoute, 'Sum', 3600)], 1)],
      [5, table('Overdue, 24 h', '-PT24H', 'SUM', [search('ReplicasOverdue', byRoute, 'Sum', 3600)], 1)],
    ],
  ],
  [
    6,
    [
      [12, graph('Lag p50 and p99', 'seconds', [lag('p50', 'p50'), lag('p99', 'p99'), deadline])],
      [6, graph('Open incidents', 'incidents', [search('OpenIncidents', byDestination, 'Maximum', 60)])],
      [
        6,
        graph('Oldest open incident', 'seconds', [search('OldestIncidentAge', byDestination, 'Maximum', 60)]),
      ],
    ],
  ],
  [
    6,
    [
      [
        6,
        table('Sweep: coverage, percent', '-PT1H', 'MIN', [search('SweepCoverage', byRoute, 'Minimum', 300)]),
      ],
      [
        8,
        graph('Sweep: not in sync', 'images', [
          search('SweepMissing', byRoute, 'Maximum', 300, 'missing'),
          search('SweepTagMismatch', byRoute, 'Maximum', 300, 'wrong tag'),
          search('SweepArchived', byRoute, 'Maximum', 300, 'archived'),
          search('SweepHistory', byRoute, 'Maximum', 300, 'older than the rule'),
        ]),
      ],
      [5, graph('Sweep: age', 'seconds', [search('SweepAge', bySource, 'Maximum', 300)])],
      [5, graph('Sweep: calls to ECR', 'calls', [search('SweepCalls', byRegion, 'Sum', 300)])],
    ],
  ],
  // Nothing here is the rule: a backfill runs when somebody, or the repair, has started one.
  [
    6,
    [
      [12, graph('Backfills: progress', '%', [search('BackfillProgress', byRoute, 'Maximum', 300)])],
      [
        12,
        graph('Backfills: images not brought', 'images', [search('BackfillFailures', byRoute, 'Sum', 300)]),
      ],
    ],
  ],
  [
    6,
    [
      [6, graph('Replicas verified', 'replicas', [search('ReplicasVerified', byRoute, 'Sum', 300)])],
      [
        6,
        graph('Failed, overdue, recovered', 'replicas', [
          search('ReplicasFailed', byRoute, 'Sum', 300, 'failed'),
          search('ReplicasOverdue', byRoute, 'Sum', 300, 'overdue'),
          search('ReplicasRecovered', byRoute, 'Sum', 300, 'recovered'),
        ]),
      ],
      [6, graph('Looks that could not tell', 'looks', [search('ReplicasUnreadable', byReason, 'Sum', 300)])],
      [
        6,
        graph('Pushes', 'pushes', [
          search('PushesSeen', bySource, 'Sum', 300, 'seen'),
          search('PushesExempt', bySource, 'Sum', 300, 'exempt'),
          search('PushesWithdrawn', bySource, 'Sum', 300, 'withdrawn'),
        ]),
      ],
    ],
  ],
  [
    6,
    [
      [
        8,
        graph('Queues', 'messages', [
          queue('ApproximateNumberOfMessagesVisible', 'ImageActionQueue', 'pushes to look at'),
          queue('ApproximateNumberOfMessagesNotVisible', 'ImageActionQueue', 'pushes being looked at'),
          queue(
            'ApproximateNumberOfMessagesDelayed',
            'ImageActionQueue',
            'pushes waiting for their next look',
          ),
          queue('ApproximateNumberOfMessagesVisible', 'ReplicationActionQueue', 'reports to check'),
          queue('ApproximateNumberOfMessagesVisible', 'SweepQueue', 'repositories to compare'),
          queue(
            'ApproximateNumberOfMessagesDelayed',
            'ReplicationActionQueue',
            'reports waiting for their next look',
          ),
        ]),
      ],
      [
        8,
        graph('Queues: age of the oldest message', 'seconds', [
          queue('ApproximateAgeOfOldestMessage', 'ImageActionQueue', 'pushes'),
          queue('ApproximateAgeOfOldestMessage', 'ReplicationActionQueue', 'reports'),
          queue('ApproximateAgeOfOldestMessage', 'SweepQueue', 'repositories'),
        ]),
      ],
      [
        8,
        graph('Dead letters', 'messages', [
          queue('ApproximateNumberOfMessagesVisible', 'ImageActionDeadLetters', 'pushes'),
          queue('ApproximateNumberOfMessagesVisible', 'ReplicationActionDeadLetters', 'reports'),
          queue('ApproximateNumberOfMessagesVisible', 'RegistryChangeDeadLetters', 'changes of settings'),
          queue('ApproximateNumberOfMessagesVisible', 'SweepDeadLetters', 'repositories'),
          queue('ApproximateNumberOfMessagesVisible', 'UndeliveredAlerts', 'alerts'),
        ]),
      ],
    ],
  ],
  [
    6,
    [
      [6, graph('Signs of life', 'runs a minute', [own('Heartbeat', 'follow-up')])],
      [
        6,
        graph('Functions: errors and throttles', 'runs', [
          ...functions.map(([id, label]) => lambda('Errors', id, `${label}, errors`, 'Sum')),
          ...functions.map(([id, label]) => lambda('Throttles', id, `${label}, throttled`, 'Sum')),
        ]),
      ],
      [
        6,
        graph(
          'Functions: duration, p99',
          'ms',
          functions.map(([id, label]) => lambda('Duration', id, label, 'p99')),
        ),
      ],
      [
        6,
        graph('Messages left unread', 'messages', [
          own('EventsNotOurs', 'no push, no report'),
          own('EventsUnparseable', 'cannot be read'),
        ]),
      ],
    ],
  ],
];

let y = 0;
const widgets = [];
for (const [height, cells] of rows) {
  let x = 0;
  for (const [width, widget] of cells) {
    widgets.push({ ...widget, x, y, width, height });
    x += width;
  }
  y += height;
}

module.exports = {
  Resources: {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: name,
        DashboardBody: { 'Fn::Sub': JSON.stringify({ start: '-PT12H', widgets }) },
      },
    },
  },
  Outputs: {
    DashboardUrl: {
      Description: 'Can I fail over now?',
      Value: {
        'Fn::Sub': `https://console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards:name=${filled('Dashboard')}`,
      },
    },
  },
};
