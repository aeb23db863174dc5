// Reads OTLP requests by the numbers of opentelemetry-proto v1, apart from the packages that write them.

export type Attributes = Readonly<Record<string, unknown>>;

interface Taken {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
  readonly resource: Attributes;
  readonly scope: string;
  readonly schemaUrl: string;
}

export interface TakenSpan extends Taken {
  readonly name: string;
  readonly parentSpanId: string;
  /** 1 is INTERNAL. */
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number;
  readonly statusMessage: string;
}

export interface TakenLog extends Taken {
  readonly eventName: string;
  readonly body: unknown;
  readonly timeNs: bigint;
  readonly severity: number;
}

/** The spans of an ExportTraceServiceRequest. */
export function readSpans(body: Buffer, contentType: string): TakenSpan[] {
  return contentType === 'application/json'
    ? items(json(body, 'resourceSpans'), 'scopeSpans', 'spans').map(({ item, around }) => ({
        ...around,
        traceId: String(item['traceId']),
        spanId: String(item['spanId']),
        parentSpanId: (item['parentSpanId'] as string | undefined) ?? '',
        name: String(item['name']),
        kind: Number(item['kind']),
        startNs: BigInt(String(item['startTimeUnixNano'])),
        endNs: BigInt(String(item['endTimeUnixNano'])),
        attributes: jsonAttributes(item['attributes']),
        status: Number((item['status'] as Json)['code'] ?? 0),
        statusMessage: ((item['status'] as Json)['message'] as string | undefined) ?? '',
      }))
    : wireItems(body).map(({ item, around }) => {
        const status = fields(bytes(item, 15));
        return {
          ...around,
          traceId: bytes(item, 1).toString('hex'),
          spanId: bytes(item, 2).toString('hex'),
          parentSpanId: bytes(item, 4).toString('hex'),
          name: text(item, 5),
          kind: number(item, 6),
          startNs: fixed64(item, 7),
          endNs: fixed64(item, 8),
          attributes: wireAttributes(item, 9),
          status: number(status, 3),
          statusMessage: text(status, 2),
        };
      });
}

/** The log records of an ExportLogsServiceRequest. */
export function readLogs(body: Buffer, contentType: string): TakenLog[] {
  return contentType === 'application/json'
    ? items(json(body, 'resourceLogs'), 'scopeLogs', 'logRecords').map(({ item, around }) => ({
        ...around,
        traceId: String(item['traceId']),
        spanId: String(item['spanId']),
        eventName: String(item['eventName']),
        body: jsonValue(item['body'] as Json),
        timeNs: BigInt(String(item['timeUnixNano'])),
        severity: Number(item['severityNumber']),
        attributes: jsonAttributes(item['attributes']),
      }))
    : wireItems(body).map(({ item, around }) => ({
        ...around,
        traceId: bytes(item, 9).toString('hex'),
        spanId: bytes(item, 10).toString('hex'),
        eventName: text(item, 12),
        body: wireValue(bytes(item, 5)),
        timeNs: fixed64(item, 1),
        severity: number(item, 2),
        attributes: wireAttributes(item, 6),
      }));
}

// --- internal ---

type Json = Readonly<Record<string, unknown>>;
type Around = Pick<Taken, 'resource' | 'scope' | 'schemaUrl'>;

function json(body: Buffer, name: string): Json[] {
  return (JSON.parse(body.toString('utf8')) as Record<string, Json[]>)[name] ?? [];
}

function items(groups: Json[], scopes: string, name: string): { item: Json; around: Around }[] {
  return groups.flatMap((group) =>
    (group[scopes] as Json[]).flatMap((scoped) => {
      const around = {
        resource: jsonAttributes((group['resource'] as Json)['attributes']),
        scope: String((scoped['scope'] as Json)['name']),
        schemaUrl: String(scoped['schemaUrl']),
      };
      return (scoped[name] as Json[]).map((item) => ({ item, around }));
    }),
  );
}

function jsonAttributes(list: unknown): Attributes {
  return Object.fromEntries(
    (list as { key: string; value: Json }[]).map(({ key, value }) => [key, jsonValue(value)]),
  );
}

function jsonValue(value: Json): unknown {
  const [kind, held] = Object.entries(value)[0] ?? [];
  return kind === 'intValue' ? Number(held) : held;
}

type Field = bigint | Buffer;
type Fields = ReadonlyMap<number, readonly Field[]>;

/** ResourceX: 1 resource, 2 scopes. ScopeX: 1 scope, 2 items, 3 schema URL. */
function wireItems(body: Buffer): { item: Fields; around: Around }[] {
  return all(fields(body), 1).flatMap((group) => {
    const held = fields(group);
    return all(held, 2).flatMap((scoped) => {
      const scope = fields(scoped);
      const around = {
        resource: wireAttributes(fields(bytes(held, 1)), 1),
        scope: text(fields(bytes(scope, 1)), 1),
        schemaUrl: text(scope, 3),
      };
      return all(scope, 2).map((item) => ({ item: fields(item), around }));
    });
  });
}

function wireAttributes(of: Fields, field: number): Attributes {
  return Object.fromEntries(
    all(of, field).map((pair) => {
      const held = fields(pair);
      return [text(held, 1), wireValue(bytes(held, 2))];
    }),
  );
}

/** AnyValue: 1 string, 2 boolean, 3 integer, 4 double. */
function wireValue(value: Buffer): unknown {
  const held = fields(value);
  if (held.has(1)) return text(held, 1);
  if (held.has(2)) return number(held, 2) === 1;
  if (held.has(3)) return number(held, 3);
  const bits = Buffer.alloc(8);
  bits.writeBigUInt64LE(fixed64(held, 4));
  return bits.readDoubleLE();
}

function fields(message: Buffer): Fields {
  const found = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('the message ends too early');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(varint());
    let value: Field;
    switch (tag & 7) {
      case 0:
        value = varint();
        break;
      case 1:
        value = message.readBigUInt64LE(at);
        at += 8;
        break;
      case 2: {
        const length = Number(varint());
        value = message.subarray(at, at + length);
        at += length;
        break;
      }
      case 5:
        value = BigInt(message.readUInt32LE(at));
        at += 4;
        break;
      default:
        throw new Error(`no such wire type: ${tag & 7}`);
    }
    found.set(tag >> 3, [...(found.get(tag >> 3) ?? []), value]);
  }
  return found;
}

function all(of: Fields, field: number): Buffer[] {
  return (of.get(field) ?? []).filter((value) => Buffer.isBuffer(value));
}

function bytes(of: Fields, field: number): Buffer {
  return all(of, field)[0] ?? Buffer.alloc(0);
}

function text(of: Fields, field: number): string {
  return bytes(of, field).toString('utf8');
}

function fixed64(of: Fields, field: number): bigint {
  const value = of.get(field)?.[0];
  return typeof value === 'bigint' ? value : 0n;
}

function number(of: Fields, field: number): number {
  return Number(fixed64(of, field));
}
