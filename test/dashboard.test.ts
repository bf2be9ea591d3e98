// The dashboard: a body that CloudWatch takes, widgets that fill its 24 columns, and no metric that nobody publishes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Packaged, packageCopy } from './template/package.ts';
import { isUnknown, type MetricUsed } from './template/published.ts';
import { functionsOf, resourcesOf, type Template, withParameters } from './template/template.ts';

type Cell = string | { readonly expression?: string; readonly label?: string; readonly id?: string };

interface Widget {
  readonly type: 'metric' | 'text' | 'alarm';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly view?: string;
    readonly region?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly Cell[])[];
    readonly annotations?: unknown;
  };
}

interface Line extends MetricUsed {
  readonly searched: boolean;
  readonly label: string;
}

let packaged: Packaged;
let template: Template;
let widgets: readonly Widget[];

beforeAll(async () => {
  packaged = await packageCopy();
  template = withParameters(packaged.template, { DeadlineMinutes: '12.5' });
  widgets = widgetsOf(template);
});
afterAll(() => packaged?.remove());

function widgetsOf(of: Template): readonly Widget[] {
  const [dashboard] = resourcesOf<{ DashboardBody: string }>(of, 'AWS::CloudWatch::Dashboard').values();
  return (JSON.parse(dashboard?.DashboardBody ?? '{}') as { readonly widgets: readonly Widget[] }).widgets;
}

/** Every line of a metric widget: what it is of, and whether it was found by a search. */
function linesOf(widget: Widget): readonly Line[] {
  return (widget.properties.metrics ?? []).flatMap((cells): Line[] => {
    const options = cells.at(-1);
    const { expression, label = '' } = typeof options === 'object' ? options : {};
    if (expression?.startsWith('TIME_SERIES(')) return [];
    if (expression === undefined) {
      const [namespace = '', name = '', ...dimensions] = cells.filter((cell) => typeof cell === 'string');
      return [
        { namespace, name, dimensions: dimensions.filter((_, at) => at % 2 === 0), searched: false, label },
      ];
    }
    // "CloudWatch search expression syntax"
    const form =
      /^SEARCH\('\{([^}]+)\} MetricName="(\w+)"', '(?:Maximum|Minimum|Sum|p\d\d)', (?:60|300|3600)\)$/;
    const [, schema = '', name = ''] = form.exec(expression) ?? [];
    expect(schema, expression).not.toBe('');
    const [namespace = '', ...dimensions] = schema.split(',');
    return [{ namespace, name, dimensions, searched: true, label }];
  });
}

describe('the dashboard', () => {
  it('shows only metrics that are published, under just those dimensions', () => {
    const lines = widgets.flatMap(linesOf);
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.filter(isUnknown)).toEqual([]);
  });

  it('finds whatever has a destination or a source by a search, so that a new one appears by itself', () => {
    for (const { namespace, dimensions, searched, name, label } of widgets.flatMap(linesOf)) {
      const own = namespace === 'ECR/ReplicationMonitor' && dimensions.length > 0;
      expect(searched, name).toBe(own);
      // Each line is called by all that it is of: two that are called alike could not be told apart.
      if (own) for (const dimension of dimensions) expect(label).toContain(`\${PROP('Dim.${dimension}')}`);
    }
  });

  it('fills each row from edge to edge, and no widget lies on another', () => {
    const taken = new Map<string, string>();
    for (const { x, y, width, height, properties } of widgets) {
      for (let column = x; column < x + width; column += 1) {
        for (let line = y; line < y + height; line += 1) {
          const place = `${column}/${line}`;
          expect(taken.get(place), place).toBe(undefined);
          taken.set(place, properties.title ?? 'text');
        }
      }
    }
    const lines = Math.max(...widgets.map(({ y, height }) => y + height));
    const columns = Math.max(...widgets.map(({ x, width }) => x + width));
    expect([columns, taken.size]).toEqual([24, 24 * lines]);
  });

  it('answers the question first, in words that give the deadline', () => {
    expect(widgets[0]?.properties.markdown).toContain('# Can I fail over now?');
    expect(widgets[0]?.properties.markdown).toContain('12.5 min');
  });

  it('has a line a destination in each table of its second row, and in that of the coverage', () => {
    const tables = widgets.filter(({ properties }) => properties.view === 'table');
    expect(tables.map(({ properties }) => properties.title)).toEqual([
      'Open incidents, now',
      'Lag p50, seconds, 3 h',
      'Lag p99, seconds, 3 h',
      'Failed, 24 h',
      'Overdue, 24 h',
      'Sweep: coverage, percent',
    ]);
    const second = tables.slice(0, -1);
    expect(new Set(second.map(({ y }) => y)).size).toBe(1);
    expect(tables.flatMap(linesOf).every(({ dimensions }) => dimensions.includes('DestinationRegion'))).toBe(
      true,
    );
  });

  it('sets lag against the deadline, in the same unit', () => {
    const lag = widgets.filter((widget) => linesOf(widget).some(({ name }) => name === 'ReplicationLag'));
    expect(lag).toHaveLength(3);
    for (const { properties } of lag) {
      const deadline = properties.metrics
        ?.flat()
        .find((cell) => typeof cell === 'object' && cell.label === 'deadline');
      expect(deadline).toMatchObject({ expression: 'TIME_SERIES(12.5 * 60)' });
    }
  });

  it('shows every alarm that the stack always has, by its name', () => {
    const shown = widgets
      .flatMap(({ properties }) => properties.alarms ?? [])
      .map((arn) => arn.split(':alarm:')[1]);
    const alarms = resourcesOf<{ AlarmName: string }>(template, 'AWS::CloudWatch::Alarm');
    expect([...shown].sort()).toEqual([...alarms.values()].map(({ AlarmName }) => AlarmName).sort());
    // "Dashboard body structure and syntax": at most 100 alarms a widget.
    expect(shown.length).toBeLessThanOrEqual(100);
  });

  it('shows errors and throttles of every function that always runs', () => {
    const cells = widgets.flatMap(({ properties }) => properties.metrics ?? []);
    for (const { id } of functionsOf(template).values()) {
      for (const metric of ['Errors', 'Throttles', 'Duration']) {
        expect(
          cells.some((one) => one[1] === metric && one.includes(id)),
          `${metric} ${id}`,
        ).toBe(true);
      }
    }
  });

  it('leaves nothing in it that somebody else was to fill in', () => {
    const text = JSON.stringify(widgets);
    expect(text.match(/\$\{(?!PROP\('Dim\.\w+'\)\})[^}]*\}?/g)).toBe(null);
  });
});
