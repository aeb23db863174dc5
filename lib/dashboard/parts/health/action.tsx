import { useState } from 'preact/hooks';
import { useClient } from '../../frame/client-side.ts';
import type { ActionResult } from '../../server/actions.ts';
import { plainText } from '../plain.tsx';

/**
 * What can be done: a button where the dashboard was started with `--actions`, else the command to type. It says what came of
 * it.
 */
export function Action({
  name,
  label,
  options = {},
  command,
  isBlocked = false,
}: {
  /** As `POST /actions/NAME` has it. */
  readonly name: string;
  readonly label: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly command: string;
  /** True while something that it needs is missing. @default false */
  readonly isBlocked?: boolean;
}) {
  const { actionToken, reload } = useClient();
  const [state, setState] = useState<'idle' | 'busy' | ActionResult>('idle');
  if (actionToken === null) {
    return (
      <p class="action">
        <span class="dim">{label}:</span> <code class="command">{command}</code>
      </p>
    );
  }
  const run = async () => {
    setState('busy');
    setState(await outcomeOf(name, options, actionToken));
    reload();
  };
  return (
    <div class="action">
      <button
        type="button"
        class="button"
        disabled={isBlocked || state === 'busy'}
        onClick={() => void run()}
      >
        {label}
      </button>
      <div role="status" class="action-said">
        {state === 'busy' && <span class="dim">…</span>}
        {typeof state === 'object' && (
          <pre class={state.ok ? 'said' : 'said is-fail'}>
            {plainText(state.text) || (state.ok ? 'Done.' : 'It failed.')}
          </pre>
        )}
      </div>
    </div>
  );
}

// --- internal ---

async function outcomeOf(
  name: string,
  options: Readonly<Record<string, string>>,
  token: string,
): Promise<ActionResult> {
  try {
    const answer = await fetch(`/actions/${name}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Action-Token': token },
      body: JSON.stringify(options),
    });
    return (await answer.json()) as ActionResult;
  } catch {
    return { ok: false, text: 'The dashboard does not answer.' };
  }
}
