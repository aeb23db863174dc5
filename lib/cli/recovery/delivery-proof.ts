import { setTimeout } from 'node:timers/promises';
import { span } from '../../base/time-text.ts';
import { configuredSinks } from '../../delivery/sinks.ts';
import { SinkState } from '../../delivery/store/sink-state.ts';
import { chosenRows } from '../../delivery/store/outbox-rows.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { listToolCalls } from '../../store/queries/tool-calls.ts';
import { readRegistration } from '../../install/settings/registration.ts';
import type { Config } from '../../config/config.ts';
import type { CliEnvironment } from '../environment.ts';
import { callHook } from '../trial/hook-call.ts';
import { newTestCall } from '../trial/test-events.ts';
import { hookFor } from '../trial/trial.ts';
import type { TrialStep } from '../trial/trial.ts';

/**
 * Has the hook capture a file that Claude wrote, in a session that lists leave out, and follows it to the server's
 * acknowledgement, or the collector's. Undefined when neither is configured.
 */
export async function proveDelivery(
  cli: CliEnvironment,
  config: Config,
  timeoutMs: number,
): Promise<TrialStep | undefined> {
  const sinks = configuredSinks(config);
  if (sinks.length === 0) return undefined;
  const noun = sinks.map((sink) => sink.noun).join(' and ');
  const step = { id: 'delivery', title: 'Delivery' };
  const broken = (found: string): TrialStep => ({
    ...step,
    ok: false,
    found,
    mend: REFUSED_TOKEN.test(found)
      ? 'The service refuses the token: `pattern-tracker token create` there makes another one, for api.token_file.'
      : 'Run `pattern-tracker health --probe` and `pattern-tracker outbox list`.',
  });
  const hook = hookFor('PostToolUse', readRegistration(cli), cli);
  if (!hook) return broken('no hook is registered');
  const { sessionId, toolUseId } = newTestCall();
  const file = '/test/recovery_test.py';
  const content = `def test(): pass  # ${toolUseId}\n`; // what is known already would not be sent again
  const startedAt = performance.now();
  await callHook(
    hook,
    {
      session_id: sessionId,
      hook_event_name: 'PostToolUse',
      tool_name: 'Write',
      tool_use_id: toolUseId,
      tool_input: { file_path: file, content },
      tool_response: { type: 'create', filePath: file, content },
    },
    cli,
    timeoutMs,
  );
  const look = () =>
    readDatabase(cli.paths.database, (database) => {
      const [call] = listToolCalls(database, { session: sessionId, limit: 1, withTests: true });
      const count = (dead: boolean) =>
        chosenRows(database, { dead, session: sessionId, limit: -1 }).count;
      const [said] = sinks.flatMap(
        ({ name }) => new SinkState(database, name).read().lastError ?? [],
      );
      return { isRecorded: call !== undefined, waiting: count(false), dead: count(true), said };
    });
  for (;;) {
    const seen = look();
    const tookMs = performance.now() - startedAt;
    if (seen && seen.dead > 0) return broken(`refused by the ${noun}`);
    if (seen?.isRecorded && seen.waiting === 0) {
      return { ...step, ok: true, found: `acknowledged by the ${noun}, after ${span(tookMs)}` };
    }
    if (tookMs > timeoutMs) {
      if (!seen?.isRecorded) return broken(`the event is not recorded after ${span(timeoutMs)}`);
      const why = seen.said === undefined ? '' : `; its last error: ${seen.said}`;
      return broken(`the event waits for the ${noun} after ${span(timeoutMs)}${why}`);
    }
    await setTimeout(POLL_MS);
  }
}

// --- internal ---

const POLL_MS = 50;
/** What begins the words of a server that does not let us in. */
const REFUSED_TOKEN = /: 40[13]: /;
