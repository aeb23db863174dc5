import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetRows } from '../../../../lib/ingest/forgetting.ts';
import type { ForgetCriteria } from '../../../../lib/store/maintenance/forget/criteria.ts';
import { FileStateRows } from '../../../../lib/store/maintenance/states/file-state-rows.ts';
import { verifyDatabase } from '../../../../lib/store/maintenance/verify.ts';
import { hook, TestStore } from '../../../delivery/test-store.ts';
import type { Payload } from '../../../delivery/test-store.ts';
import { unpackedRows } from '../../../support/unpacked-rows.ts';

const ONE = 'export const first = () => "alpha of the first";\n';
const TWO = 'export const second = () => "beta of the second";\n';
const HAND = '// a person wrote this remark\n';

let store: TestStore;
beforeEach(() => (store = new TestStore()));
afterEach(() => store.remove());

const of = (session_id: string, fields: Payload = {}): Payload => ({
  session_id,
  cwd: `/w/${session_id}`,
  ...fields,
});
function take(...payloads: Payload[]): void {
  store.take(...payloads);
}
const forget = (criteria: Omit<ForgetCriteria, 'at'>) =>
  store.database
    .transaction(() => forgetRows(store.database, { at: 1e15, ...criteria }, 5_000))
    .immediate();
const states = () =>
  [...new FileStateRows(store.database).all()].map(({ path, history }) => ({
    path,
    text: history?.last.lines.join('\n').replaceAll('\u0000', '?'),
  }));
const changes = () =>
  [...new FileStateRows(store.database).changes()].map(({ change }) => ({
    path: change?.path,
    gone: change?.gone.lines.join('\n').replaceAll('\u0000', '?'),
  }));
/** Those of the texts that stand in a state or a change. */
const holds = (...texts: string[]) => {
  const rows = store.rows<Record<string, unknown>>(
    'SELECT history AS text FROM file_states UNION ALL SELECT change FROM recent_changes',
  );
  const all = JSON.stringify(unpackedRows(rows));
  return texts.filter((text) => all.includes(text));
};
const findings = () => verifyDatabase(store.database.name).findings;

/** Session one writes a file; a person adds a remark; session two replaces nothing of it, and adds its own line. */
beforeEach(() => {
  take(hook.write('t1', '/w/shared.ts', ONE, of('one')));
  take(
    hook.edit('t2', '/w/shared.ts', HAND, `${HAND}${TWO}`, {
      ...of('two'),
      tool_response: { originalFile: `${ONE}${HAND}` },
    }),
    hook.write('t3', '/w/one/own.ts', `${ONE}more();\n`, of('one')),
  );
  expect(holds('alpha of the first', 'beta of the second', 'a person wrote')).toHaveLength(3);
});

describe('forgetting a session', () => {
  it('leaves only the lines of others, in their places, where it wrote with them', () => {
    expect(forget({ session: 'one' })).toMatchObject({ fileStates: 2 });
    expect(states()).toEqual([{ path: '/w/shared.ts', text: `?\n?\n${TWO.trim()}\n?` }]);
    expect(holds('alpha of the first', 'a person wrote')).toEqual([]);
    expect(holds('beta of the second')).toHaveLength(1);
    expect(findings()).toEqual([]);
  });

  it('leaves a state that the next event finds right', () => {
    forget({ session: 'one' });
    take(
      hook.edit('t4', '/w/shared.ts', '', '// three\n', {
        ...of('three'),
        tool_input: { file_path: '/w/shared.ts', old_string: TWO, new_string: `${TWO}third();\n` },
        tool_response: { originalFile: `${ONE}${HAND}${TWO}` },
      }),
    );
    const [state] = [...new FileStateRows(store.database).all()];
    const sessions = (state?.history?.last.authors ?? []).map((author) =>
      author === null
        ? null
        : store.value(
            `SELECT session_id FROM events WHERE event_id = '${author.replace(/-\d+$/, '')}'`,
          ),
    );
    expect(state?.history?.last.lines.slice(0, 4).join('\n')).toBe(`${ONE}${HAND}${TWO}third();`);
    expect(sessions.slice(0, 4)).toEqual([null, null, 'two', 'three']);
  });

  it('takes what it moved from the changes that are remembered', () => {
    take(hook.edit('t5', '/w/shared.ts', TWO, '', of('two')));
    take(hook.edit('t6', '/w/shared.ts', ONE, '', of('two')));
    expect(
      changes()
        .map(({ gone }) => gone)
        .join(),
    ).toContain('alpha of the first');
    forget({ session: 'one' });
    expect(holds('alpha of the first')).toEqual([]);
    expect(
      changes()
        .map(({ gone }) => gone)
        .join(),
    ).toContain('beta of the second');
    forget({ session: 'two' });
    expect(changes()).toEqual([]);
    expect(findings()).toEqual([]);
  });
});

describe('forgetting', () => {
  it('a project takes the states of all files in it, and what others know of its calls', () => {
    take(hook.write('t7', '/w/one/other.ts', TWO, of('two')));
    const [root] = store.rows<{ root: string }>("SELECT root FROM projects WHERE root LIKE '%one'");
    expect(forget({ projects: [root?.root ?? ''] })).toMatchObject({ fileStates: 3 });
    expect(states().map(({ path }) => path)).toEqual(['/w/shared.ts']);
    expect(
      store.value(
        'SELECT count(*) FROM recent_changes WHERE project_id NOT IN (SELECT id FROM projects) AND project_id != 0',
      ),
    ).toBe(0);
    expect(findings()).toEqual([]);
  });

  it('a file takes its state whole', () => {
    forget({ files: ['/w/shared.ts'] });
    expect(states().map(({ path }) => path)).toEqual(['/w/one/own.ts']);
    expect(changes().filter(({ path }) => path === '/w/shared.ts')).toEqual([]);
  });

  it('a text takes it wherever it stands, also where a person wrote it', () => {
    forget({ match: 'a person wrote' });
    expect(holds('a person wrote')).toEqual([]);
    expect(holds('alpha of the first')).toHaveLength(1);
    expect(findings()).toEqual([]);
  });

  it('a pattern takes its code from files that nobody of Claude’s put it into', () => {
    take(
      hook.edit('t8', '/w/copy.ts', 'last();\n', 'changed();\n', {
        ...of('three'),
        tool_response: { originalFile: `${ONE}last();\n` },
      }),
    );
    const id = String(store.value(`SELECT id FROM patterns WHERE code = '${ONE}'`));
    forget({ pattern: id });
    expect(holds('alpha of the first')).toEqual([]);
    expect(states().find(({ path }) => path === '/w/copy.ts')?.text).toBe('?\nchanged();\n?');
  });

  it('a time takes what was written then', () => {
    const at = Number(store.value("SELECT max(received_at) FROM events WHERE session_id = 'two'"));
    forget({ since: at, until: at + 1 });
    expect(holds('beta of the second')).toEqual([]);
    expect(holds('alpha of the first')).toHaveLength(1);
    expect(findings()).toEqual([]);
  });
});
