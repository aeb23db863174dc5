import { mkdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../lib/cli/command-list.ts';
import { loadCommand } from '../../lib/cli/command.ts';
import { argumentsOf } from '../../lib/cli/help.ts';
import { homeOf } from '../../lib/cli/environment.ts';
import { main } from '../../lib/cli/main.ts';
import { Sample } from './sample-database.ts';
import { run, testEnvironment } from './test-environment.ts';

const sample = new Sample();
afterAll(() => sample.remove());

describe('--help', () => {
  it('lists every command', async () => {
    const { exitCode, out } = await run(sample, '--help');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Records every tool call of Claude Code, and finds the code it wrote.

      Usage  pattern-tracker <command> [options]

      Look
        status        Show whether Claude Code is recorded, and what was recorded.
        dashboard     Show all of it in the browser, live: a page to leave open.
        search        Find a text in the code, prompts, commands, errors and files.
        similar       Find code that is like a file, some lines, or a pattern.
        patterns      List the code that Claude wrote.
        show          Show one pattern: its code, its places, what it came from.
        blame         Say of each line of a file which call of Claude wrote it, and
                      why.
        log           Show what Claude did to a file, newest first, and what was
                      asked.
        diff          Print what a session changed in all, as a patch that applies.
        survival      Say how much of what Claude wrote still stands.
        stats         Add up what Claude did: calls, failures, code, tokens.
        report        Report a day, a week or a month, beside the one before.
        sessions      List the sessions of Claude Code.
        session       Tell what happened in a session: prompts, calls, files, tokens.
        tool-calls    List the tool calls that Claude made.
        tail          Follow what Claude does, live.

      Health
        reconcile     Compare with Claude Code's transcripts, and add what is missing.
        health        Say in one word whether all is well, and if not, why.
        doctor        Check every part, and say how to mend what is broken.
        check         Go through the list of the day, the week or the month.
        alerts        Show what is wrong and for how long, and silence it.
        bench         Measure what recording one call of Claude takes.
        simulate      Make an outage on a throwaway installation, for a drill.
        audit         Check who can get at your data, and what has been changed.
        capture-test  Send one event through the hook and follow it to the database.
        logs          Show what the courier and the library have logged.

      Delivery
        outbox        Show and manage what waits for the server and the collector.
        breaker       Show the circuit breakers, close them, or open one for a drill.
        metrics       Show how delivery has gone, over all processes.
        flush         Send now what waits for the server and the collector.
        cache         Show or clear the server's answers cached on this machine.

      Database
        import        Record what Claude did before, from Claude Code's transcripts.
        export        Write what was recorded as CSV, JSON lines or another format.
        backup        Copy the database to a file, while it stays in use.
        restore       Replace the database with a backup.
        verify        Check the database, or a backup, from its pages to its rows.
        repair        Rebuild a sound database from a damaged one.
        recover       Find out what is broken, mend it, and prove that it works.
        maintain      Do what is due every week or month, and say what was done.
        forget        Erase what was recorded, so that nothing of it is left.
        privacy       Say what was recorded, where it lies, and where it was sent.
        redact        Say what redaction takes out, and redact again what is stored.

      Server
        serve         Answer the lineage API over HTTP, for yourself or a team.
        supervise     Keep \`serve\` running: start it again when it fails.
        mcp           Answer questions of Claude itself about what it did, over MCP.
        token         List, create and revoke the tokens of a service.
        service       Delete from a service, copy its events, show its audit log.

      Setup
        config        Show, check, back up and restore the configuration.
        version       Show the version.
        install       Register the hooks with Claude Code.
        setup         Get the SQLite module that the plugin needs.
        uninstall     Remove the hooks from Claude Code again.
        statusline    Print the line that stands in Claude Code's status line.
        completions   Print the completions for bash, zsh or fish.
        man           Print the man page.

      Options
        --help, -h     Show this help; after a command, its help
        --version, -v  Show the version
        --home DIR     Before the command: use the installation in this folder

      Try  pattern-tracker status
      "
    `);
  });

  it('is what -h and help show, too', async () => {
    const { out } = await run(sample, '--help');
    for (const argv of ['-h', 'help']) expect((await run(sample, argv)).out).toBe(out);
  });

  it('shows one command', async () => {
    const { exitCode, out } = await run(sample, 'show --help');
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "Show one pattern: its code, its places, what it came from.

      Usage  pattern-tracker show ID [options]

      Examples
        pattern-tracker show 683314ed22112e8d
        pattern-tracker show 6833 --diff
        pattern-tracker show 6833 --json | jq -r .pattern.code

      Arguments
        ID  The id, or its first characters

      Options
        --diff       Show what it changed in its parent
        --limit <n>  Show at most n occurrences; 0 shows all (default 20)
        --page <n>   Show the n-th part of the list, each of --limit rows
        --no-pager   Print all at once, without $PAGER
        --json       Print JSON for programs
        --help, -h   Show this help

      The first characters of an id are enough if no other pattern begins with them.
      --diff shows what it changed in the pattern that it was made from, instead of
      code, occurrences and lineage.

      NEW is which part of the lines that a call changed is Claude's own; or what the
      call did with code that stood somewhere before: moved, copied, restored,
      formatted. Parents are the patterns whose lines it replaced, each with its
      share.

      --json prints {pattern: {id, name, language, lines, origin, generation,
      lineage_id, occurrences, uses, first_seen_at, last_seen_at, code,
      authored_share}, parents: [{id, name, generation, share}], occurrences:
      [{action, file_path, start_line, end_line, changed_lines, authorship,
      authored_share, language, tool_name, tool_use_id, replaced_id, session_id,
      project_root, project_name, at}], lineage: {ancestors, descendants: [{id, name,
      language, generation, last_seen_at, edge_type, via_id, depth}], is_cut}}; with
      --diff also diff: {parent_id, unified, is_exact}, or null for a pattern without
      a parent. is_exact is false when the event that wrote it is past retention, and
      whole patterns are compared.
      "
    `);
    expect((await run(sample, 'help show')).out).toBe(out);
  });

  it.each(Object.entries(COMMANDS))(
    'says the same of %s as the command itself',
    async (name, listed) => {
      const { meta, help, ...command } = await loadCommand(listed);
      expect(meta).toMatchObject({ name });
      expect(help.summary).toBe(listed.summary);
      const action = argumentsOf(command).positionals.find(([key]) => key === 'action');
      expect(action?.[1].description?.split(', ')).toEqual(
        help.actions && Object.keys(help.actions),
      );
    },
  );

  it.each(['', ...Object.keys(COMMANDS)])('fits into 80 columns: %s', async (name) => {
    const { out } = await run(sample, `${name} --help`);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it.each(Object.keys(COMMANDS))('of %s shows examples before fields', async (name) => {
    const { out } = await run(sample, `${name} --help`);
    expect(out.indexOf('\nExamples\n')).toBeGreaterThan(0);
    expect(out.indexOf('\nOptions\n')).toBeGreaterThan(out.indexOf('\nExamples\n'));
    expect(out.indexOf('--json prints')).toBeGreaterThan(out.indexOf('\nOptions\n'));
  });

  it.each(Object.keys(COMMANDS))('documents --json of %s', async (name) => {
    expect((await run(sample, `${name} --help`)).out).toMatch(/--json/);
  });

  it('is laid out for the width of the terminal', async () => {
    const { out } = await run(sample, 'outbox --help', { columns: 50 });
    const wide = out.split('\n').filter((line) => line.length > 50);
    expect(wide.filter((line) => !/^(?:Usage)?  +pattern-tracker/.test(line))).toEqual([]);
  });

  it('is not asked for behind --', async () => {
    expect((await run(sample, 'show -- --help')).exitCode).toBe(2);
  });
});

describe('version', () => {
  it.each(['version', '--version', '-v'])('is printed by %s', async (argv) => {
    expect(await run(sample, argv)).toEqual({ exitCode: 0, out: '0.0.0-source\n', err: '' });
  });

  it.each(['version --json', '--version --json'])('comes with more in %s', async (argv) => {
    const { out } = await run(sample, argv, { program: '/opt/dist/cli.mjs' });
    expect(JSON.parse(out)).toEqual({
      version: '0.0.0-source',
      node: process.versions.node,
      program: '/opt/dist/cli.mjs',
      data: sample.paths.data,
      sqlite: expect.stringMatching(/^3\.\d+\.\d+$/),
    });
  });

  it('does without a home', async () => {
    const { cli, written } = testEnvironment(sample);
    const homeless = Object.defineProperty({ ...cli }, 'paths', {
      get: () => homeOf({}, undefined),
    });
    expect(await main(['version', '--json'], homeless)).toBe(0);
    expect(JSON.parse(written.out)).toMatchObject({ program: null, data: null });
  });
});

describe('misuse', () => {
  it.each([
    ['patrns', 'error: unknown command "patrns"\n  Did you mean `patterns`?\n'],
    ['zzzzzz', 'error: unknown command "zzzzzz"\n  See `pattern-tracker --help`.\n'],
    ['constructor', 'error: unknown command "constructor"\n  See `pattern-tracker --help`.\n'],
    [
      '--json status',
      '{"error":{"code":"E_USAGE","message":"--json stands before the command","hint":"Options come after it: `pattern-tracker status --json`."}}\n',
    ],
    [
      '--limit patterns --json',
      '{"error":{"code":"E_USAGE","message":"--limit stands before the command","hint":"Options come after it: `pattern-tracker patterns --limit --json`."}}\n',
    ],
    ['--hlep', 'error: unknown option --hlep, and no command\n  Did you mean `--help`?\n'],
    ['--version x', 'error: unexpected argument "x"\n'],
    ['patterns --limt 3', 'error: unknown option --limt\n  Did you mean --limit?\n'],
    ['status --verbose', 'error: unknown option --verbose\n  Options: --acknowledge, --json.\n'],
    ['patterns --project', 'error: --project needs a value\n'],
    ['patterns --json=yes', 'error: --json takes no value\n'],
    ['patterns queue', 'error: unexpected argument "queue"\n'],
    ['patterns --session=', 'error: --session is empty\n  Give the first characters of its id.\n'],
    [
      'tool-calls --session=',
      'error: --session is empty\n  Give the first characters of its id.\n',
    ],
    ['patterns --file=', 'error: --file is empty\n  Give a path or a glob.\n'],
    ['tail --session=', 'error: --session is empty\n  Give the first characters of its id.\n'],
    ['show', 'error: ID is missing\n  See its --help.\n'],
    ['patterns --limit many', 'error: --limit is "many"\n  Expected a whole number, 0 or more.\n'],
    [
      'patterns --sort size',
      'error: Invalid value for argument: --sort (size). Expected one of: recent, used.\n',
    ],
    [
      'sessions --since soon',
      'error: --since is "soon"\n  Expected a time such as 30m, 2h, 3d, yesterday, "2 days ago", "last monday", 2026-11-01.\n',
    ],
    [
      'show xyz',
      'error: "xyz" is not a pattern id\n  Expected hex digits, as `pattern-tracker patterns` lists them.\n',
    ],
  ])('%s ends with 2 and says what is wrong', async (argv, err) => {
    expect(await run(sample, argv)).toEqual({ exitCode: 2, out: '', err });
  });

  it('does not hand an escape sequence on to the terminal', async () => {
    const { err } = await run(sample, 'sta\u001b[31mtus\u0007x');
    expect(err).toMatch(/^error: unknown command "statusx"\n/);
  });
});

describe('an error', () => {
  it('shows message and hint, and the stack only with DEBUG=1', async () => {
    const plain = await run(sample, 'show abc');
    expect(plain).toEqual({
      exitCode: 1,
      out: '',
      err: 'error: no pattern begins with "abc"\n  `pattern-tracker patterns` lists what there is.\n',
    });
    const env = { HOME: sample.folder, DEBUG: '1' };
    expect((await run(sample, 'show abc', { env })).err).toContain('show.ts');
  });

  it('is JSON on standard error with --json, and standard output stays empty', async () => {
    const parsed = async (argv: string, env?: Record<string, string>) => {
      const { exitCode, out, err } = await run(sample, argv, env ? { env } : {});
      expect([out, err.trimEnd().split('\n').length]).toEqual(['', 1]);
      return { exitCode, ...(JSON.parse(err) as { error: object }) };
    };
    expect(await parsed('show abc --json')).toEqual({
      exitCode: 1,
      error: {
        code: 'E_NO_PATTERN',
        message: 'no pattern begins with "abc"',
        hint: '`pattern-tracker patterns` lists what there is.',
      },
    });
    expect(await parsed('status --jsn --json')).toEqual({
      exitCode: 2,
      error: { code: 'E_USAGE', message: 'unknown option --jsn', hint: 'Did you mean --json?' },
    });
    expect(await parsed('patterns --sort size --json')).toMatchObject({
      error: { code: 'E_USAGE', hint: null },
    });
    expect(await parsed('flush --json')).toMatchObject({ exitCode: 3 });
    const plain = await run(sample, 'show abc -- --json');
    expect(plain.err).toMatch(/^error: /);
  });

  it('is JSON on one line with DEBUG=1 too, with the stack in it', async () => {
    const env = { HOME: sample.folder, DEBUG: '1' };
    const { err } = await run(sample, 'show abc --json', { env });
    expect(JSON.parse(err)).toMatchObject({ error: { stack: expect.stringContaining('show.ts') } });
  });

  it('names the database where SQLite says only what it met', async () => {
    const broken = new Sample();
    try {
      mkdirSync(broken.paths.database, { recursive: true });
      const { exitCode, err } = await run(broken, 'tail');
      expect(exitCode).toBe(1);
      expect(err).toMatch(
        /^error: .*tracker\.db: .*\n {2}.*`pattern-tracker doctor` says more\.\n$/,
      );
    } finally {
      broken.remove();
    }
  });

  it('says that no place for a home is known', () => {
    expect(() => homeOf({}, undefined)).toThrow(
      expect.objectContaining({ code: 'E_NO_HOME', hint: expect.stringContaining('Set HOME') }),
    );
  });
});
