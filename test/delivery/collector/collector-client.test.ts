import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EndedToolCall } from '../../../lib/delivery/ended-tool-call.ts';
import type { Delivered } from '../../../lib/delivery/sink-client.ts';
import { CollectorClient } from '../../../lib/delivery/collector/collector-client.ts';
import type { CollectorClientOptions } from '../../../lib/delivery/collector/collector-client.ts';
import { OtlpCollector } from '../../support/otlp-collector.ts';

const AT = 1_700_000_000_500;

let collector: OtlpCollector;
let clients: CollectorClient[];
beforeEach(async () => {
  collector = await new OtlpCollector().up();
  clients = [];
});
afterEach(async () => {
  await Promise.all(clients.map(async (client) => client.close()));
  await collector.down();
});

function makeClient(options: Partial<CollectorClientOptions> = {}): CollectorClient {
  const client = new CollectorClient({
    endpoint: collector.url,
    protocol: 'http/protobuf',
    readHeaders: () => ({}),
    allowInsecure: false,
    traces: true,
    logs: true,
    details: false,
    machine: 'workbench',
    timeoutMs: 20_000,
    clock: () => AT,
    monotonic: () => 0,
    ...options,
  });
  clients.push(client);
  return client;
}

function call(id: string, fields: Partial<EndedToolCall> = {}): string {
  return JSON.stringify({
    session_id: 'session-1',
    tool_use_id: id,
    tool_name: 'Bash',
    outcome: 'ok',
    started_at: AT - 700,
    ended_at: AT,
    duration_ms: 12.5,
    agent_id: null,
    agent_type: null,
    prompt_id: null,
    summary: 'make all',
    error: null,
    ...fields,
  } satisfies EndedToolCall);
}

const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
const accepted: Delivered = { kind: 'accepted' };
const ids = () => collector.spans.map(({ attributes }) => attributes['tool_use_id']);
const logIds = () => collector.logs.map(({ attributes }) => attributes['tool_use_id']);

describe.each(PROTOCOLS)('a tool call in %s', (protocol) => {
  it('is a span execute_tool with the names of the semantic conventions', async () => {
    const answer = await makeClient({ protocol }).trackBatch([call('t1'), call('t2')]);
    expect(answer).toEqual({
      outcome: { kind: 'items', items: [accepted, accepted] },
      latencyMs: 0,
      serverFault: false,
    });
    expect(collector.spans).toHaveLength(2);
    expect(collector.spans[0]).toEqual({
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
      parentSpanId: '',
      name: 'execute_tool Bash',
      kind: 1,
      startNs: BigInt(AT) * 1_000_000n - 12_500_000n,
      endNs: BigInt(AT) * 1_000_000n,
      status: 0,
      statusMessage: '',
      scope: 'claude-pattern-tracker',
      schemaUrl: 'https://opentelemetry.io/schemas/gen-ai/0.1.0',
      resource: {
        'service.name': 'claude-pattern-tracker',
        'service.version': '0.0.0-source',
        'host.name': 'workbench',
      },
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'Bash',
        'gen_ai.tool.type': 'function',
        'gen_ai.tool.call.id': 't1',
        'gen_ai.conversation.id': 'session-1',
        'session.id': 'session-1',
        tool_use_id: 't1',
        outcome: 'ok',
      },
    });
  });

  it('is a log record that joins with that of Claude Code, and with its span', async () => {
    await makeClient({ protocol }).trackBatch([call('t1')]);
    const [span] = collector.spans;
    expect(collector.logs).toEqual([
      expect.objectContaining({
        eventName: 'pattern_tracker.tool_call',
        body: 'pattern_tracker.tool_call',
        timeNs: BigInt(AT) * 1_000_000n,
        severity: 9,
        traceId: span?.traceId,
        spanId: span?.spanId,
        attributes: {
          ...span?.attributes,
          'event.name': 'tool_call',
          tool_name: 'Bash',
          success: 'true',
          duration_ms: 13,
        },
      }),
    ]);
  });

  it('says how it failed, and more of it only if that is wanted', async () => {
    const failed = call('t1', { outcome: 'failed', error: 'Exit code 1' });
    await makeClient({ protocol }).trackBatch([failed]);
    await makeClient({ protocol, details: true }).trackBatch([failed]);
    const told = collector.spans.map(({ status, statusMessage, attributes }) => [
      status,
      statusMessage,
      attributes['error.type'],
      attributes['tool_summary'],
    ]);
    expect(told).toEqual([
      [2, '', 'failed', undefined],
      [2, 'Exit code 1', 'failed', 'make all'],
    ]);
    const logged = collector.logs.map(({ severity, attributes }) => [
      severity,
      attributes['success'],
      attributes['error'],
      attributes['tool_summary'],
    ]);
    expect(logged).toEqual([
      [13, 'false', undefined, undefined],
      [13, 'false', 'Exit code 1', 'make all'],
    ]);
    const bodies = collector.requests.map(({ body }) => body.toString('latin1'));
    expect(bodies.map((body) => body.includes('make all'))).toEqual([false, false, true, true]);
  });
});

describe('a tool call', () => {
  it('has the same ids whenever it is sent, and others than every other call', async () => {
    await makeClient().trackBatch([call('t1'), call('t2')]);
    await makeClient().trackBatch([call('t1'), call('t1', { session_id: 'session-2' })]);
    const [first, second, again, elsewhere] = collector.spans;
    expect(again).toEqual(first);
    expect(second?.traceId).toBe(first?.traceId);
    expect(elsewhere?.traceId).not.toBe(first?.traceId);
    expect(new Set(collector.spans.map(({ spanId }) => spanId)).size).toBe(3);
  });

  it('is in the trace of its prompt, where Claude Code tells that', async () => {
    const of = (id: string, prompt_id: string) => call(id, { prompt_id });
    await makeClient().trackBatch([of('t1', 'p1'), of('t2', 'p1'), of('t3', 'p2'), call('t4')]);
    const [first, second, third, fourth] = collector.spans.map(({ traceId }) => traceId);
    expect(second).toBe(first);
    expect(new Set([first, third, fourth]).size).toBe(3);
    expect(collector.spans[0]?.attributes).toMatchObject({ 'prompt.id': 'p1' });
  });

  it('of an MCP server is an extension, and one of a subagent names the agent', async () => {
    await makeClient().trackBatch([
      call('t1', { tool_name: 'mcp__github__search', agent_id: 'a1', agent_type: 'Explore' }),
    ]);
    expect(collector.spans[0]).toMatchObject({
      name: 'execute_tool mcp__github__search',
      attributes: {
        'gen_ai.tool.type': 'extension',
        agent_id: 'a1',
        'gen_ai.agent.name': 'Explore',
      },
    });
    expect(collector.spans[0]?.attributes).not.toHaveProperty('gen_ai.agent.id');
  });

  it.each<[string, Partial<EndedToolCall>, number]>([
    ['its own time, where it is known', { duration_ms: 100 }, 100],
    ['the time since its begin, where its own is not', { duration_ms: null }, 700],
    ['no more than the time since its begin', { duration_ms: 5_000 }, 700],
    ['its own time, where nothing told of its begin', { started_at: null, duration_ms: 50 }, 50],
    ['no time, where nothing is known of it', { started_at: null, duration_ms: null }, 0],
    ['no time, where the clock was set back', { started_at: AT + 50, duration_ms: null }, 0],
  ])('lasts %s', async (_, fields, ms) => {
    await makeClient().trackBatch([call('t1', fields)]);
    const [span] = collector.spans;
    expect((span?.endNs ?? 0n) - (span?.startNs ?? 0n)).toBe(BigInt(ms) * 1_000_000n);
  });

  it('that is none is refused by itself', async () => {
    const { outcome } = await makeClient().trackBatch(['{}', call('t1'), 'no JSON']);
    expect(outcome).toMatchObject({
      items: [{ kind: 'rejected' }, accepted, { kind: 'rejected' }],
    });
    expect(ids()).toEqual(['t1']);
  });
});

describe('the requests', () => {
  it('go to the paths of the signals, below the path of the endpoint', async () => {
    await makeClient({ endpoint: `${collector.url}/v1/traces` }).trackBatch([call('t1')]);
    expect(collector.requests.map(({ path }) => path)).toEqual(['/v1/traces', '/v1/logs']);
    expect(makeClient({ endpoint: 'https://example.org/otlp/' }).server).toBe(
      'https://example.org/otlp',
    );
  });

  it.each([
    ['traces', { logs: false }, ['/v1/traces']],
    ['logs', { traces: false }, ['/v1/logs']],
  ])('are for %s only, if it is to be so', async (_, options, paths) => {
    await makeClient(options).trackBatch([call('t1')]);
    expect(collector.requests.map(({ path }) => path)).toEqual(paths);
  });

  it('carry the configured headers', async () => {
    await makeClient({ readHeaders: () => ({ 'x-team': 'core' }) }).trackBatch([call('t1')]);
    expect(collector.requests[0]?.headers).toMatchObject({
      'x-team': 'core',
      'content-type': 'application/x-protobuf',
    });
  });

  it('carry headers that were read anew once the collector has refused the old ones', async () => {
    let token = 'old';
    const client = makeClient({ readHeaders: () => ({ authorization: `Bearer ${token}` }) });
    collector.behaviour = { kind: 'status', status: 401 };
    await client.trackBatch([call('t1')]);
    token = 'new';
    collector.behaviour = { kind: 'well' };
    await client.trackBatch([call('t1')]);
    expect(collector.requests.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer old',
      'Bearer new',
      'Bearer new',
    ]);
  });

  it.each([
    ['http://collector.example.org:4318', 'E_INSECURE_URL'],
    ['ftp://collector.example.org', 'E_OTLP_ENDPOINT'],
    ['https://me:secret@collector.example.org', 'E_OTLP_ENDPOINT'],
  ])('take no headers to %s', (endpoint, code) => {
    const options = { endpoint, readHeaders: () => ({ 'api-key': 'secret' }) };
    expect(() => makeClient(options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('what the collector answers', () => {
  it.each([408, 429, 500, 502, 503, 504])('is worth another attempt with %i', async (status) => {
    collector.behaviour = { kind: 'status', status, retryAfter: '7' };
    const { outcome, serverFault } = await makeClient().trackBatch([call('t1')]);
    expect(outcome).toMatchObject({ kind: 'retry', status, retryAfterMs: 7_000 });
    expect(serverFault).toBe(status >= 500);
  });

  it.each([400, 401, 403, 404, 405, 413, 422])('is worth none with %i', async (status) => {
    collector.behaviour = { kind: 'status', status };
    const { outcome, serverFault } = await makeClient().trackBatch([call('t1')]);
    expect([outcome, serverFault]).toMatchObject([{ kind: 'rejected', status }, false]);
  });

  it.each([
    ['application/json', '{"code":3,"message":"span name is missing"}'],
    ['text/plain', 'span name is missing'],
    ['application/x-protobuf', '\x08\x03\x12\x14span name is missing'],
    ['application/x-protobuf', `\x12\x28${'span name is missing, so is the trace id'}`],
  ])('is told in its own words: %s', async (contentType, body) => {
    collector.behaviour = { kind: 'status', status: 400, body, contentType };
    const { outcome } = await makeClient().trackBatch([call('t1')]);
    const said = /: (span name is missing(?:, so is the trace id)?)$/;
    expect(outcome).toMatchObject({ message: expect.stringMatching(said) });
  });

  it('is told without the secrets that it repeats', async () => {
    collector.behaviour = { kind: 'status', status: 400, body: 'who is s3cr3t-k3y?' };
    const client = makeClient({ readHeaders: () => ({ 'api-key': 's3cr3t-k3y' }) });
    const { outcome } = await client.trackBatch([call('t1')]);
    expect(outcome).toMatchObject({ message: expect.stringContaining('who is [header]?') });
  });

  it('is an outage where it is none, cut, late or a page', async () => {
    const page = { body: '<html>Please log in</html>', contentType: 'text/html' };
    const answers = [
      { kind: 'cut' } as const,
      { kind: 'hang' } as const,
      { kind: 'status', status: 200, ...page } as const,
      { kind: 'status', status: 400, ...page } as const,
      { kind: 'status', status: 302 } as const,
    ];
    for (const behaviour of answers) {
      collector.behaviour = behaviour;
      const late = behaviour.kind === 'hang' ? { timeoutMs: 100 } : {};
      const { outcome, serverFault } = await makeClient(late).track(call('t1'), 'id');
      expect([outcome.kind, serverFault], JSON.stringify(behaviour)).toEqual(['retry', true]);
    }
  });

  it('is nobody’s fault once the request was given up', async () => {
    collector.behaviour = { kind: 'hang' };
    const client = makeClient();
    const stop = new AbortController();
    const attempt = client.trackBatch([call('t1')], stop.signal);
    stop.abort();
    expect(await attempt).toMatchObject({ outcome: { kind: 'retry' }, serverFault: false });
  });
});

describe.each(PROTOCOLS)('a partial success in %s', (protocol) => {
  it('that does not say which it has refused asks for the calls one by one', async () => {
    const message = 'attribute limit exceeded';
    const refuses = (id: string) => id === 't1' || id === 't2';
    collector.behaviour = { kind: 'partial', refuses, message };
    const calls = ['t1', 't2', 't3'].map((id) => call(id));
    const client = makeClient({ protocol });
    const { outcome, serverFault } = await client.trackBatch(calls);
    expect(outcome).toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining(`2 of 3 spans: ${message}`),
    });
    expect(serverFault).toBe(false);
    const kinds = [];
    for (const one of calls) kinds.push((await client.track(one, 'id')).outcome.kind);
    expect(kinds).toEqual(['rejected', 'rejected', 'accepted']);
    expect(logIds()).toEqual(['t3']);
  });

  it('that names what it has refused makes dead letters of that', async () => {
    const refuses = (id: string) => id === 't2';
    collector.behaviour = { kind: 'partial', refuses, message: 'too long: t2' };
    const calls = ['t1', 't2', 't3'].map((id) => call(id));
    const { outcome } = await makeClient({ protocol }).trackBatch(calls);
    expect(outcome).toMatchObject({ items: [accepted, { kind: 'rejected' }, accepted] });
    expect([ids(), logIds()]).toEqual([
      ['t1', 't3'],
      ['t1', 't3'],
    ]);
  });

  it('is read at any size', async () => {
    const message = 'ä'.repeat(200);
    collector.behaviour = { kind: 'partial', refuses: () => true, message };
    const calls = Array.from({ length: 200 }, (_, n) => call(`t${n}`));
    const { outcome } = await makeClient({ protocol }).trackBatch(calls);
    const items = outcome.kind === 'items' ? outcome.items : [];
    const refused = items.filter(({ kind }) => kind === 'rejected');
    expect(refused).toHaveLength(200);
    expect(refused[0]).toMatchObject({ message: expect.stringContaining(message) });
  });

  it('says of a call that was sent alone that it was refused', async () => {
    collector.behaviour = { kind: 'partial', refuses: () => true, message: 'too old' };
    const { outcome } = await makeClient({ protocol, logs: false }).track(call('t1'), 'id');
    expect(outcome).toEqual({
      kind: 'rejected',
      status: 200,
      message: 'The collector has refused it: too old',
    });
  });

  it.each(['application/json', 'application/x-protobuf'])('is read as %s', async (contentType) => {
    collector.behaviour = { kind: 'partial', refuses: () => true, message: 'old', contentType };
    const { outcome } = await makeClient({ protocol }).track(call('t1'), 'id');
    expect(outcome).toMatchObject({ message: 'The collector has refused it: old' });
  });

  it('that refuses nothing is a success, whatever it says', async () => {
    collector.behaviour = { kind: 'partial', refuses: () => false, message: 'use another path' };
    const { outcome } = await makeClient({ protocol }).track(call('t1'), 'id');
    expect(outcome).toEqual(accepted);
  });
});

describe('a collector that takes one half of a call', () => {
  it('is sent only the other half by the next attempt', async () => {
    const client = makeClient();
    collector.behaviour = { '/v1/logs': { kind: 'status', status: 503 } };
    const first = await client.trackBatch([call('t1'), call('t2')]);
    expect(first.outcome.kind).toBe('retry');
    collector.behaviour = { kind: 'well' };
    const second = await client.trackBatch([call('t1'), call('t2'), call('t3')]);
    expect(second.outcome).toEqual({ kind: 'items', items: [accepted, accepted, accepted] });
    expect([ids(), logIds()]).toEqual([
      ['t1', 't2', 't3'],
      ['t1', 't2', 't3'],
    ]);
  });

  it('keeps what it has refused of that half', async () => {
    const client = makeClient();
    collector.behaviour = {
      '/v1/traces': { kind: 'partial', refuses: () => true, message: 'no' },
      '/v1/logs': { kind: 'status', status: 503 },
    };
    await client.trackBatch([call('t1')]);
    collector.behaviour = { kind: 'well' };
    const { outcome } = await client.trackBatch([call('t1')]);
    expect(outcome).toMatchObject({ items: [{ kind: 'rejected' }] });
    expect([ids(), logIds()]).toEqual([[], ['t1']]);
  });
});
