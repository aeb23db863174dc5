import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  errorText,
  readBatchReply,
  readHealthReply,
  readTrackReply,
} from '../../lib/lineage-api/api-reply.ts';

const accepted = { kind: 'accepted' };
const failed = (message: string, isServerFault: boolean) => ({
  kind: 'failed',
  message,
  isServerFault,
});
const silent = failed('The reply says nothing of this event.', true);

/** The replies of the contract, whole. */
const MODIFIED = {
  success: true,
  data: {
    lineage_id: '3f0c0f5e-5f0b-4a5e-9d3c-1f1f6a1f9c01',
    pattern_node_id: '3f0c0f5e-5f0b-4a5e-9d3c-1f1f6a1f9c02',
    event_id: '3f0c0f5e-5f0b-4a5e-9d3c-1f1f6a1f9c03',
    pattern_id: '7c1e09ab44d2f310',
    parent_node_ids: ['3f0c0f5e-5f0b-4a5e-9d3c-1f1f6a1f9c04'],
    generation: 2,
    created_at: '2025-11-02T08:15:00+00:00',
  },
  metadata: {
    correlation_id: '3f0c0f5e-5f0b-4a5e-9d3c-1f1f6a1f9c05',
    operation: 'track_modification',
    duration_ms: 21.4,
    pattern_id: '7c1e09ab44d2f310',
    processing_time_ms: 22.9,
  },
};
const UNKNOWN_PARENT = {
  success: false,
  error: 'Validation error: Parent pattern not found: 19aa52c0de77b841',
  metadata: { operation: 'track_modification', error_type: 'validation_error' },
  processing_time_ms: 4.2,
};
const BATCH = {
  success: false,
  batch_summary: {
    total_events: 2,
    successful_events: 1,
    failed_events: 1,
    handled_duplicates: 0,
    processing_mode: 'sequential',
    requested_processing_mode: 'sequential',
  },
  successful_results: [
    { event_index: 0, data: MODIFIED.data, metadata: MODIFIED.metadata, pattern_id: 'p-0' },
  ],
  failed_results: [
    {
      event_index: 1,
      error: UNKNOWN_PARENT.error,
      metadata: UNKNOWN_PARENT.metadata,
      pattern_id: 'p-1',
    },
  ],
  metadata: { processing_time_ms: 31.5, average_time_per_event: 15.75, batch_efficiency_gain: 0 },
};

describe('readTrackReply', () => {
  it.each([
    ['of today', MODIFIED],
    ['of old', { success: true, data: { node_id: 'n', generation: 1, event_recorded: true } }],
    [
      'to a duplicate',
      { success: true, data: { lineage_id: 'l', status: 'already_exists', message: 'known' } },
    ],
    [
      'to one of two at once',
      {
        success: true,
        data: { status: 'already_exists', message: 'known', existing_record: true },
        metadata: { error_type: 'unique_violation_handled' },
      },
    ],
    ['without data', { success: true }],
  ])('takes the reply %s for an acknowledgement', (_, body) => {
    expect(readTrackReply(body)).toEqual(accepted);
  });

  it('takes a parent that the server does not know for no fault of the server', () => {
    expect(readTrackReply(UNKNOWN_PARENT)).toEqual(failed(UNKNOWN_PARENT.error, false));
  });

  it('takes nothing else for one', () => {
    const others = [{}, { status: 'ok' }, { error: 'upstream is down' }, { success: 'true' }];
    for (const body of [undefined, null, 'ok', true, [], ...others]) {
      expect(readTrackReply(body)).toBeUndefined();
    }
  });

  it.each([
    ['Validation error: Parent pattern not found: database-pool', undefined, false],
    ['could not reach the database', 'validation_error', false],
    ["'x' is not a valid EdgeType", undefined, false],
    ['Operation failed', undefined, true],
    ['Database connection not available', undefined, true],
    ['Tracking operation timed out', undefined, true],
    ['something', 'database_error', true],
    ['something', 'timeout', true],
    ['something', 'unexpected_error', true],
    ['something', 'unknown', false],
  ])('tells whose fault "%s" with the type %s is', (error, error_type, isServerFault) => {
    const expected = failed(error, isServerFault);
    expect(readTrackReply({ success: false, error, metadata: { error_type } })).toEqual(expected);
    expect(readTrackReply({ success: false, error, error_type })).toEqual(expected);
  });
});

describe('readBatchReply', () => {
  it('reads the whole reply of the known server', () => {
    expect(readBatchReply(BATCH, 2)).toEqual([accepted, failed(UNKNOWN_PARENT.error, false)]);
    const whole = { ...BATCH, success: true, failed_results: null };
    expect(readBatchReply(whole, 1)).toEqual([accepted]);
  });

  it('answers for each event by its index, however the results are ordered', () => {
    const body = {
      success: false,
      successful_results: [{ event_index: 3 }, { event_index: 0, data: {} }],
      failed_results: [{ event_index: 1, error: 'Validation error: no such parent' }],
    };
    expect(readBatchReply(body, 4)).toEqual([
      accepted,
      failed('Validation error: no such parent', false),
      silent,
      accepted,
    ]);
  });

  it('heeds no index that is none, and takes a failure for one whatever else is said', () => {
    const indexes = [-1, 0.5, 2, '0', null, undefined].map((event_index) => ({ event_index }));
    for (const name of ['successful_results', 'failed_results']) {
      const body = { success: true, [name]: [...indexes, 5, null] };
      expect(readBatchReply(body, 2)).toEqual([silent, silent]);
    }
    const both = {
      successful_results: [{ event_index: 0 }],
      failed_results: [{ event_index: 0, error: 'no' }],
    };
    expect(readBatchReply(both, 1)).toEqual([failed('no', false)]);
  });

  it('takes a success without results for that of all', () => {
    expect(readBatchReply({ success: true, failed_results: null }, 2)).toEqual([
      accepted,
      accepted,
    ]);
  });

  it('gives undefined for what can not be told, and throws for nothing', () => {
    for (const body of [undefined, null, 'ok', [], {}, { success: false }, { success: 1 }]) {
      expect(readBatchReply(body, 2)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.nat(5), (one, other, count) => {
        const body = { successful_results: [one], failed_results: [other, { error: one }] };
        expect(readBatchReply(body, count)).toHaveLength(count);
      }),
    );
  });
});

describe('errorText', () => {
  it.each([
    ['a detail', { detail: 'Rate limit exceeded' }, 'Rate limit exceeded'],
    ['a failure', UNKNOWN_PARENT, UNKNOWN_PARENT.error],
    [
      'a list of details',
      {
        detail: [
          { type: 'missing', loc: ['body', 'event_type'], msg: 'Field required', input: {} },
          { loc: ['body', 'events', 3], msg: 'Input should be an object' },
          'not one',
        ],
      },
      'body.event_type: Field required; body.events.3: Input should be an object',
    ],
    ['an error', { success: false, error: 'no such parent' }, 'no such parent'],
    ['a message', { message: 'try later' }, 'try later'],
    ['a text', undefined, 'Bad Gateway'],
    ['other JSON', { code: 5 }, 'Bad Gateway'],
  ])('reads %s', (_, body, expected) => {
    expect(errorText(body, ' Bad Gateway\n')).toBe(expected);
  });

  it('throws for nothing', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string(), (body, text) => {
        expect(typeof errorText(body, text)).toBe('string');
        const detail = [body, { loc: body, msg: body }, { loc: [body, { toString: 1 }] }];
        expect(typeof errorText({ detail }, text)).toBe('string');
      }),
    );
  });
});

describe('readHealthReply', () => {
  const components = { lineage_tracker: 'operational', usage_analytics: 'operational' };

  it('takes the components for what they say, and not the status', () => {
    expect(readHealthReply(200, { status: 'healthy', components }, '')).toMatchObject({
      isWell: true,
    });
    expect(readHealthReply(200, { status: 'healthy' }, '')).toMatchObject({ isWell: true });
    const ailing = { ...components, lineage_tracker: 'database_unavailable' };
    for (const status of ['healthy', 'degraded']) {
      expect(readHealthReply(200, { status, components: ailing }, '')).toEqual({
        isWell: false,
        detail: '200: lineage_tracker: database_unavailable',
      });
    }
  });

  it.each([
    [503, { status: 'degraded', components }, '503: degraded'],
    [503, { status: 'healthy', components }, '503: healthy'],
    [
      200,
      { status: 'degraded', components: { ...components, usage_analytics: { state: 'off' } } },
      '200: usage_analytics: {"state":"off"}',
    ],
    [401, { detail: 'Unknown token' }, '401: Unknown token'],
    [200, undefined, '200: a page for browsers'],
    [200, [], '200: a page for browsers'],
    [200, {}, '200: a page for browsers'],
  ])('takes %i with %j for ill', (status, body, detail) => {
    expect(readHealthReply(status, body, '<html>')).toEqual({ isWell: false, detail });
  });

  it('throws for nothing', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (body, state) => {
        expect(readHealthReply(200, body, '').detail).not.toBe('');
        const reply = { components: { lineage_tracker: state } };
        expect(readHealthReply(200, reply, '').isWell).toBe(false);
      }),
    );
  });
});
