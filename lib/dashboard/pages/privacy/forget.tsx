import { useState } from 'preact/hooks';
import { Action } from '../../parts/health/action.tsx';
import { plainText } from '../../parts/plain.tsx';

/** The way to erase: the command to type, and with `--actions` a look at what it would erase. Nothing is erased from here. */
export function Forget({
  projects,
  isWiped,
}: {
  readonly projects: readonly string[];
  readonly isWiped: boolean;
}) {
  const [project, setProject] = useState('');
  const [session, setSession] = useState('');
  const [until, setUntil] = useState('');
  const options = {
    ...(project && { project }),
    ...(session && { session }),
    ...(until && { until }),
  };
  const words = Object.entries(options).map(([name, value]) => `--${name} ${quoted(value)}`);
  const command = ['pattern-tracker forget', ...(words.length > 0 ? words : ['--session ID'])];
  return (
    <div class="forget">
      <p class="prose">
        What meets all that you choose is erased from the database, the outbox, the quarantine and
        the log, and does not come back. Run the command in a terminal of your own: it shows what it
        found, and asks.
      </p>
      <div class="forget-choice" role="group" aria-label="What to forget">
        <label>
          Project
          <select value={project} onChange={({ currentTarget }) => setProject(currentTarget.value)}>
            <option value="">any</option>
            {projects.map((root) => (
              <option value={root} key={root}>
                {plainText(root)}
              </option>
            ))}
          </select>
        </label>
        <label>
          Session
          <input
            type="text"
            value={session}
            spellcheck={false}
            autocomplete="off"
            placeholder="the start of its id"
            onInput={({ currentTarget }) => setSession(currentTarget.value.trim())}
          />
        </label>
        <label>
          Up to and with
          <input
            type="date"
            value={until}
            onInput={({ currentTarget }) => setUntil(currentTarget.value)}
          />
        </label>
      </div>
      <p>
        <code class="command">{command.join(' ')}</code>
      </p>
      <Action
        name="forget-preview"
        label="Show what it would erase"
        options={options}
        command={`${command.join(' ')} --dry-run`}
        isBlocked={words.length === 0}
      />
      {!isWiped && (
        <p class="dim prose">
          Unused parts of the file may still hold what was deleted; the courier rewrites it once a
          day, when nothing comes.
        </p>
      )}
    </div>
  );
}

// --- internal ---

/** As a shell takes it for one word. */
function quoted(value: string): string {
  return /^[\w./:@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
