// A strict reader of the text format of Prometheus, version 0.0.4: throws at what is not of it.

export interface PrometheusSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusFamily {
  readonly type: string;
  readonly samples: PrometheusSample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([^}]*)\})? ([^ ]+)$/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"$/;

/** Families by name, in their order. */
export function parsePrometheus(text: string): Map<string, PrometheusFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, PrometheusFamily>();
  let helped = '';
  let current = '';
  for (const line of text.split('\n').filter(Boolean)) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      if (!NAME.test(name) || rest === '') throw new Error(`wrong HELP: ${line}`);
      helped = name;
    } else if (kind === 'TYPE') {
      if (name !== helped) throw new Error(`TYPE without its HELP: ${line}`);
      if (families.has(name)) throw new Error(`a second time: ${line}`);
      if (!/^(?:counter|gauge|histogram)$/.test(rest)) throw new Error(`wrong TYPE: ${line}`);
      families.set(name, { type: rest, samples: [] });
      current = name;
    } else {
      addSample(families.get(current), current, line);
    }
  }
  for (const [name, family] of families) checkFamily(name, family);
  return families;
}

// --- internal ---

function addSample(family: PrometheusFamily | undefined, current: string, line: string): void {
  const [whole, name = '', labelText, number = ''] = SAMPLE.exec(line) ?? [];
  if (whole === undefined || !family) throw new Error(`no sample: ${line}`);
  const suffix = family.type === 'histogram' ? /^_(?:bucket|sum|count)$/ : /^$/;
  if (!name.startsWith(current) || !suffix.test(name.slice(current.length))) {
    throw new Error(`not of ${current}: ${line}`);
  }
  const value = number === '+Inf' ? Infinity : Number(number);
  if (Number.isNaN(value)) throw new Error(`no number: ${line}`);
  family.samples.push({ name, labels: labelsOf(labelText, line), value });
}

function labelsOf(text: string | undefined, line: string): Record<string, string> {
  if (text === undefined || text === '') return {};
  return Object.fromEntries(
    text.split(',').map((label) => {
      const [whole, name = '', value = ''] = LABEL.exec(label) ?? [];
      if (whole === undefined) throw new Error(`wrong label: ${line}`);
      return [name, value];
    }),
  );
}

function checkFamily(name: string, { type, samples }: PrometheusFamily): void {
  if (samples.length === 0) throw new Error(`${name} has no sample`);
  if (type === 'counter' && samples.some(({ value }) => value < 0)) {
    throw new Error(`${name} counts backwards`);
  }
  if (type !== 'histogram') return;
  for (const series of bySeries(samples)) checkHistogram(name, series);
}

/** Samples that have the same labels, but for `le`. */
function bySeries(samples: readonly PrometheusSample[]): PrometheusSample[][] {
  const series = new Map<string, PrometheusSample[]>();
  for (const sample of samples) {
    const { le: _, ...labels } = sample.labels;
    const key = JSON.stringify(labels);
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  return [...series.values()];
}

function checkHistogram(name: string, samples: readonly PrometheusSample[]): void {
  const buckets = samples.filter((sample) => sample.name.endsWith('_bucket'));
  const bounds = buckets.map(({ labels }) => Number(labels['le']?.replace('+Inf', 'Infinity')));
  if (bounds.at(-1) !== Infinity) throw new Error(`${name} has no bucket +Inf`);
  for (let n = 1; n < buckets.length; n++) {
    if (!((bounds[n - 1] ?? NaN) < (bounds[n] ?? NaN))) throw new Error(`${name} is not in order`);
    if ((buckets[n - 1]?.value ?? NaN) > (buckets[n]?.value ?? NaN)) {
      throw new Error(`${name} is not cumulative`);
    }
  }
  const count = samples.find((sample) => sample.name.endsWith('_count'))?.value;
  if (count !== buckets.at(-1)?.value) throw new Error(`${name} does not add up`);
}
